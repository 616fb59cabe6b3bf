/** Rows of IAM and KMS. */
import { only, renamed, same, type TemplateType, text } from "./words";

export const ACCESS: Readonly<Record<string, TemplateType>> = {
  "AWS::IAM::Role": {
    references: { Ref: "name", Arn: "arn" },
    rows: (properties) => [
      [
        "aws_iam_role",
        only({
          ...renamed(properties, { name: "RoleName", permissions_boundary: "PermissionsBoundary" }),
          assume_role_policy: text(properties.AssumeRolePolicyDocument),
        }),
      ],
    ],
  },
  "AWS::IAM::RolePolicy": {
    rows: (properties) => [
      [
        "aws_iam_role_policy",
        { ...renamed(properties, { name: "PolicyName", role: "RoleName" }), policy: text(properties.PolicyDocument) },
      ],
    ],
  },
  "AWS::KMS::Alias": same("aws_kms_alias", { name: "AliasName", target_key_id: "TargetKeyId" }),
  "AWS::KMS::Key": {
    references: { Ref: "key_id", Arn: "arn" },
    rows: (properties) => [
      [
        "aws_kms_key",
        {
          ...renamed(properties, { description: "Description", enable_key_rotation: "EnableKeyRotation" }),
          policy: text(properties.KeyPolicy),
        },
      ],
    ],
  },
};
