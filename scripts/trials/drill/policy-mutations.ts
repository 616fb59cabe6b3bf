/** Mutations of policies. */
import type { Change, Json, Rule } from "./mutation";

/** Removes each action of each statement, and each statement with one action. */
export const statementRule: Rule = (_label, row) => {
  const policy = JSON.parse(String(row.policy)) as { Statement: { Action: string | string[] }[] };
  const variant = (make: (statements: { Action: string | string[] }[]) => void): string => {
    const copy = structuredClone(policy);
    make(copy.Statement);
    return JSON.stringify(copy);
  };
  return policy.Statement.flatMap(({ Action }, i) =>
    [Action].flat().map((action, j, all) => ({
      path: ["policy"],
      to: variant((statements) => {
        if (all.length === 1) statements.splice(i, 1);
        else (statements[i] as { Action: string[] }).Action.splice(j, 1);
      }),
      words: `${action} not allowed by statement ${i + 1}`,
    })),
  );
};

/** Replaces one part of the policy's text, if present. */
const reworded = (row: Json, words: string, from: RegExp, to: string): Change[] => {
  const policy = String(row.policy);
  return from.test(policy) ? [{ path: ["policy"], to: policy.replace(from, to), words }] : [];
};

export const policyRule: Rule = (label, row, recorded) => [
  ...statementRule(label, row, recorded),
  ...reworded(row, "s3:DeleteObject allowed", /"Action":\[/, '$&"s3:DeleteObject",'),
];

/** Policies that allow one service to publish, write or use a key on behalf of this account only. */
export const trustRule: Rule = (label, row, recorded) => [
  ...statementRule(label, row, recorded),
  ...reworded(row, "another service", /("Service":)"[^"]*"/, '$1"ec2.amazonaws.com"'),
  ...reworded(row, "another account", /("aws:SourceAccount":)"[^"]*"/, '$1"111111111111"'),
];
