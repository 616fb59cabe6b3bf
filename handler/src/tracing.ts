/** Traces work and AWS calls as X-Ray subsegments if TRACING is on; otherwise does nothing. */
import type { Settings } from "../contract/settings";

/** Runs work as a named subsegment. */
export type Traced = <T>(name: string, work: () => Promise<T>) => Promise<T>;

interface Tracing {
  readonly traced: Traced;
  /** @returns the SDK client; each of its calls is recorded as a subsegment */
  readonly captured: <C>(client: C) => C;
}

const OFF: Tracing = { traced: (_, work) => work(), captured: (client) => client };

// Read directly: SDK clients are created while modules load, before `readSettings` validates the value.
const isOn = process.env.TRACING === ("on" satisfies Settings["TRACING"]);

/** `tracer` is a separate file in the package, so it is not loaded if TRACING is off. */
export const { traced, captured }: Tracing = isOn ? (require("./tracer") as typeof import("./tracer")) : OFF;
