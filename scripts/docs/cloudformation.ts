/** The generated table of docs/cloudformation.md: how each Terraform type is translated, from the ledger of the writer. */
import { TYPES } from "../cloudformation/types";
import { code, table } from "../terminal/markdown";

type Row = (typeof TYPES)[string];

const becomes = (row: Row): string => {
  if (row.how === "folded") {
    const owner = TYPES[row.into];
    return `a property of ${code(owner !== undefined && "type" in owner ? owner.type : row.into)}`;
  }
  return row.how === "refused" ? "refused" : code(row.type);
};

const omissions = (fields: Readonly<Record<string, { readonly omitted?: string }>>): string[] =>
  Object.entries(fields).flatMap(([name, { omitted }]) =>
    omitted === undefined ? [] : [`no ${code(name)}: ${omitted}`],
  );

const differences = (row: Row): string => {
  if (row.how === "refused") return row.because;
  const note = "note" in row && row.note !== undefined ? [row.note] : [];
  const kept = "isKept" in row ? ["stays when a protected stack is deleted"] : [];
  const own = row.how === "folded" ? [] : omissions(row.fields);
  return [...note, ...kept, ...own].join("; ");
};

export const typesTable = (): string =>
  table(
    ["Terraform", "CloudFormation", "how", "what differs"],
    Object.entries(TYPES).map(([type, row]) => [code(type), becomes(row), row.how, differences(row)]),
  );
