/** Rows of IAM and KMS. */
import { document, to } from "../fields";
import type { Row } from "./row";

export const ACCESS = {
  aws_iam_role: {
    how: "same",
    type: "AWS::IAM::Role",
    tags: "list",
    references: { id: "${@}", name: "${@}", arn: "${@.Arn}" },
    fields: {
      name: to("RoleName"),
      assume_role_policy: document("AssumeRolePolicyDocument"),
      permissions_boundary: to("PermissionsBoundary"),
    },
  },
  aws_iam_role_policy: {
    how: "same",
    type: "AWS::IAM::RolePolicy",
    fields: { name: to("PolicyName"), role: to("RoleName"), policy: document("PolicyDocument") },
  },
  aws_kms_alias: {
    how: "same",
    type: "AWS::KMS::Alias",
    fields: { name: to("AliasName"), target_key_id: to("TargetKeyId") },
  },
  aws_kms_key: {
    how: "same",
    type: "AWS::KMS::Key",
    tags: "list",
    isKept: true,
    references: { id: "${@}", key_id: "${@}", arn: "${@.Arn}" },
    fields: {
      description: to("Description"),
      enable_key_rotation: to("EnableKeyRotation"),
      policy: document("KeyPolicy"),
    },
  },
} as const satisfies Readonly<Record<string, Row>>;
