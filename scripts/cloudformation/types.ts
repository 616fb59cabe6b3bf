/** What CloudFormation has for each Terraform type that the stack may contain: add a row to the file of its service. */
import type { Json } from "./fields";
import { ACCESS } from "./types/access";
import { API } from "./types/api";
import { FUNCTIONS } from "./types/functions";
import { MONITORING } from "./types/monitoring";
import { NOTIFICATIONS } from "./types/notifications";
import { bucketNamed, LOG_GROUP_ARN, type References, type Row } from "./types/row";
import { STORAGE } from "./types/storage";

/** By Terraform type. */
export const TYPES: Readonly<Record<string, Row>> = {
  ...ACCESS,
  ...API,
  ...FUNCTIONS,
  ...MONITORING,
  ...NOTIFICATIONS,
  ...STORAGE,
};

/** Attributes of what exists already, by Terraform's type of data source: add a row. */
export const DATA: Readonly<Record<string, (body: Json) => References>> = {
  aws_caller_identity: () => ({ account_id: "${AWS::AccountId}" }),
  aws_partition: () => ({ partition: "${AWS::Partition}", dns_suffix: "${AWS::URLSuffix}" }),
  aws_region: () => ({ id: "${AWS::Region}", name: "${AWS::Region}", region: "${AWS::Region}" }),
  aws_cloudwatch_log_group: ({ name }) => ({ id: String(name), name: String(name), arn: `${LOG_GROUP_ARN}${name}` }),
  aws_s3_bucket: ({ bucket }) => ({
    ...bucketNamed(String(bucket)),
    bucket_domain_name: `${bucket}.s3.amazonaws.com`,
  }),
};
