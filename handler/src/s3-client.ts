/** The S3 client of the execution environment. */
import { S3Client } from "@aws-sdk/client-s3";
import { captured } from "./tracing";

// Three attempts of a request fit into the default lambda_timeout of 60 s. `socketTimeout` ends a request when no data arrives.
export const s3 = captured(
  new S3Client({
    maxAttempts: 3,
    requestHandler: {
      connectionTimeout: 1_500,
      requestTimeout: 15_000,
      socketTimeout: 5_000,
      throwOnRequestTimeout: true,
    },
  }),
);
