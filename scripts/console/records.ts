/** The records of uploads in the local metadata table, as readers of DynamoDB see them. */
import type { TableBlueprint } from "../sandbox/blueprint";
import type { Item } from "../sandbox/table";
import type { RecordView } from "./protocol";

type Value = Readonly<{ S?: string; N?: string; M?: Readonly<Record<string, Value>> }>;

const plain = ({ S, N, M }: Value): unknown => {
  if (N !== undefined) return Number(N);
  return M === undefined ? S : fieldsOf(M);
};

const fieldsOf = (item: Readonly<Record<string, Value>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));

/** @returns the records, the newest first; DynamoDB deletes expired items days later, so they are left out here */
export const recordsOf = (items: readonly Item[], { expiry = "" }: TableBlueprint, nowMs: number): RecordView[] =>
  items
    .map((item) => fieldsOf(item as Readonly<Record<string, Value>>))
    .filter((fields) => Number(fields[expiry] ?? Infinity) * 1_000 > nowMs)
    .map((fields) => fields as unknown as RecordView)
    .sort((one, other) => (one.updatedAt < other.updatedAt ? 1 : -1));
