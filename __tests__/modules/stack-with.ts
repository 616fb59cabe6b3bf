/** The stack of `dev` with more lines in its file, and the policy of its function. */
import { devWith, json, one, type Synthesized, synthesized } from "./synthesized";

export const stackWith = async (...lines: string[]): Promise<Synthesized> =>
  synthesized(await devWith(lines.join("\n")));

export const statementsOf = (stack: Synthesized) =>
  (json(one(stack, "aws_iam_role_policy").policy) as { Statement: { Sid: string; Resource: unknown }[] }).Statement;

export const statement = (stack: Synthesized, sid: string) => statementsOf(stack).find(({ Sid }) => Sid === sid);
