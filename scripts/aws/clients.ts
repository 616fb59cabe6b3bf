/** SDK clients for an AWS account or an emulator. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { EMULATOR_CREDENTIALS } from "./terraform/moto";

// The SDK warns about its plans for Node 20; the reader of a command's output cannot act on it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/**
 * @param endpoint URL of an emulator, which gets test credentials @default AWS, with the shell's credentials
 * @returns one client for each service
 */
export const clientsFor = (region: string, endpoint?: string) => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = EMULATOR_CREDENTIALS;
  const config = {
    region,
    ...(endpoint !== undefined && {
      endpoint,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    }),
  };
  return {
    // The replica bucket of a stack is in another region.
    s3: new S3Client({ ...config, forcePathStyle: endpoint !== undefined, followRegionRedirects: true }),
    iam: new IAMClient(config),
    kms: new KMSClient(config),
    lambda: new LambdaClient(config),
    codedeploy: new CodeDeployClient(config),
    dynamodb: new DynamoDBClient(config),
    logs: new CloudWatchLogsClient(config),
    cloudwatch: new CloudWatchClient(config),
    sfn: new SFNClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
};

export type Clients = ReturnType<typeof clientsFor>;
