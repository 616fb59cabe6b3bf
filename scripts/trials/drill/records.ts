/** Checks the metadata table itself: what it costs without use, what survives a mistake, and what expires. */
import type { Stack } from "../../sandbox/terraform-json";

const isOn = (block: unknown): boolean =>
  [block].flat().some((each) => (each as { readonly enabled?: unknown } | undefined)?.enabled === true);

const ATTRIBUTES = ["name", "billing_mode", "point_in_time_recovery", "server_side_encryption", "ttl"];

/** @returns one sentence for each setting of a table that is not as it should be */
export const tableProblems = (stack: Stack): string[] => {
  const hasKey = stack.resources("aws_kms_key", ["arn"]).length > 0;
  return stack
    .resources("aws_dynamodb_table", ATTRIBUTES)
    .flatMap(({ body }) => [
      ...(body.billing_mode === "PAY_PER_REQUEST" ? [] : [`${body.name} has a fixed capacity`]),
      ...(isOn(body.point_in_time_recovery) ? [] : [`${body.name} cannot be restored to a point in time`]),
      ...(isOn(body.ttl) ? [] : [`${body.name} keeps expired items`]),
      ...(hasKey && !isOn(body.server_side_encryption) ? [`${body.name} is not encrypted with the stack's key`] : []),
    ]);
};
