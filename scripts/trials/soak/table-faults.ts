/** The faults of the metadata table during a soak: outages of some calls in a row, each of another kind. */
import { serviceRefuses, serviceStalls, TABLE_DENIED, TABLE_THROTTLED, TABLE_UNAVAILABLE } from "../../faults/calls";
import { type ApiCall, FUNCTION_ACCESS_KEY_ID } from "../../sandbox/api-call";

/** Every kind of outage, in this order: add a row. */
export const TABLE_FAULTS = {
  "table throttled": serviceRefuses("dynamodb", TABLE_THROTTLED),
  "table denied": serviceRefuses("dynamodb", TABLE_DENIED),
  "table stalled": serviceStalls("dynamodb"),
  "table error 500": serviceRefuses("dynamodb", TABLE_UNAVAILABLE),
} as const;

type TableFaultName = keyof typeof TABLE_FAULTS;

const NAMES = Object.keys(TABLE_FAULTS) as TableFaultName[];

/** Of so many calls in a row, some at the end fail. A stalled call costs the image a second. */
const CALLS = { each: 24, failing: 8 } as const;

/** @returns a function that picks the fault of a call to the table by the number of calls before it */
export const createTableFaultPicker = (): ((call: ApiCall) => TableFaultName | undefined) => {
  let calls = 0;
  return ({ caller, action }) => {
    if (caller !== FUNCTION_ACCESS_KEY_ID || !action.startsWith("dynamodb:")) return undefined;
    const [outage, place] = [Math.floor(calls / CALLS.each), calls % CALLS.each];
    calls += 1;
    return place < CALLS.each - CALLS.failing ? undefined : NAMES[outage % NAMES.length];
  };
};
