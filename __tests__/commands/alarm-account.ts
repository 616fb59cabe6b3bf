/** A CloudWatch for each test of `npm run alarms`, with one alarm of `dev`. */
import { stripVTControlCharacters } from "node:util";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ENVIRONMENTS, readEnvironments } from "../../modules/environment";
import type { Environment } from "../../modules/variables";
import { clientsFor } from "../../scripts/aws/clients";
import { startCloudWatch } from "./cloudwatch";

export const PREFIX = "image-processor-dev-processor-";
export const NAME = `${PREFIX}timeout-errors`;

let environments: Environment[];
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  environments = await readEnvironments(ENVIRONMENTS, {});
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** @param stop is called after the test */
export const stopLater = (stop: () => Promise<void>): void => {
  stops.push(stop);
};

export const committedEnvironments = (): readonly Environment[] => environments;

export const dev = (): Environment => {
  const found = environments.find(({ environment }) => environment === "dev");
  if (found === undefined) throw new Error("Expected an environment for dev but got none");
  return found;
};

export const cloudWatch = async (...args: Parameters<typeof startCloudWatch>) => {
  const server = await startCloudWatch(...args);
  stopLater(server.stop);
  return { ...server, client: clientsFor("us-east-1", server.endpoint).cloudwatch };
};

export const shortWait = () => ({ limitMs: 5_000, intervalMs: 1, signal: new AbortController().signal });

export const address = (client: CloudWatchClient) => ({ client, environment: dev(), name: NAME });

export const plain = (lines: readonly string[]): string[] => lines.map(stripVTControlCharacters);
