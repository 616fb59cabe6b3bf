/** Ledger of AWS partitions: domain names, service principals, and the variables that do not work there. */

interface Partition {
  /** Start of the names of its regions. "" matches every other region. */
  readonly regions: string;
  readonly dnsSuffix: string;
  /** Domain of the console: `https://<region>.<domain>`. */
  readonly console: string;
  /** Variables that must keep their default, each with the reason. */
  readonly unavailable: Readonly<Record<string, string>>;
}

const NO_CHAT = "AWS Chatbot (Amazon Q Developer in chat applications) is not available there";

/** Partitions that the stack supports, the most specific first. To add one, add a row. */
export const PARTITIONS = {
  "aws-us-gov": {
    regions: "us-gov-",
    dnsSuffix: "amazonaws.com",
    console: "console.amazonaws-us-gov.com",
    unavailable: {
      monthly_budget_usd: "AWS Budgets belongs to the commercial account there",
      slack_channel_id: NO_CHAT,
    },
  },
  "aws-cn": {
    regions: "cn-",
    dnsSuffix: "amazonaws.com.cn",
    console: "console.amazonaws.cn",
    unavailable: {
      monthly_budget_usd: "AWS Budgets is not supported there",
      slack_channel_id: NO_CHAT,
      critical_alert_sms: "SNS sends no SMS there",
      enable_codedeploy: "CodeDeploy's service principal differs there; `npm run release` works without CodeDeploy",
    },
  },
  aws: { regions: "", dnsSuffix: "amazonaws.com", console: "console.aws.amazon.com", unavailable: {} },
} as const satisfies Record<string, Partition>;

export type PartitionName = keyof typeof PARTITIONS;

/** @returns the name of the region's partition, as in ARNs */
export const partitionOf = (region: string): PartitionName =>
  (Object.keys(PARTITIONS) as PartitionName[]).find((name) => region.startsWith(PARTITIONS[name].regions)) ?? "aws";

/** @returns the domain of the region's services, such as amazonaws.com */
export const dnsSuffixOf = (region: string): string => PARTITIONS[partitionOf(region)].dnsSuffix;

/** @param place the part of the address after `#` @returns the address of a page of a service such as `cloudwatch` in the AWS console */
export const consoleUrl = (region: string, service: string, place: string): string =>
  `https://${region}.${PARTITIONS[partitionOf(region)].console}/${service}/home?region=${region}#${place}`;
