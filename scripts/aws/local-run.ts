/** Recognizes the address of `npm start`, which is not an account: the local run has buckets and a log, but no alarms. */
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { naming } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { UsageError } from "../terminal/cli";
import type { Clients } from "./clients";

/** The local run appends it where Terraform would choose a unique suffix. */
const SUFFIX = "local";

const isLocalRun = async ({ s3 }: Clients, environment: Environment): Promise<boolean> => {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({})).catch(() => ({ Buckets: [] }));
  return Buckets.some(({ Name }) => Name === `${naming(environment).bucketPrefixes.upload}${SUFFIX}`);
};

/**
 * @param work needs an account, or an emulator of one
 * @param endpointUrl of the emulator @default AWS itself
 * @throws UsageError in place of any other error if the address is that of `npm start`
 */
export const onAccount = async <T>(
  work: Promise<T>,
  { aws, environment, endpointUrl }: { aws: Clients; environment: Environment; endpointUrl: string | undefined },
): Promise<T> =>
  work.catch(async (error: Error) => {
    if (endpointUrl === undefined || !(await isLocalRun(aws, environment))) throw error;
    throw new UsageError(
      `Expected an account or an AWS emulator for --endpoint-url but got ${endpointUrl}, which is npm start: it has buckets and a log for smoke, load and logs, but no alarms`,
      { cause: error },
    );
  });
