/** What a sandbox starts once for a stack, and with which keys and buckets. */
import { accessKeyIdOf, FUNCTION_ACCESS_KEY_ID, FUNCTION_SECRET } from "./api-call";
import type { Blueprint } from "./blueprint";
import { type HttpApiOptions, startHttpApi } from "./http-api";
import type { Credentials } from "./post-policy";
import { openTable, type TableOptions } from "./table";
import { expected } from "./terraform-json";

/** @throws Error for a stack with several tables */
export const tableOf = async ({ tables }: Blueprint, options: Omit<TableOptions, "table">) => {
  const [table, ...others] = tables;
  if (others.length > 0) throw expected("at most one table", "the stack", tables.length);
  return table && openTable({ ...options, table });
};

/** @throws Error for a stack with several HTTP APIs */
export const apiOf = async ({ apis }: Blueprint, options: Omit<HttpApiOptions, "api">) => {
  const [api, ...others] = apis;
  if (others.length > 0) throw expected("at most one HTTP API", "the stack", apis.length);
  return api && startHttpApi({ ...options, api });
};

/** The keys with which functions sign. */
export const credentialsOf = ({ otherFunctions }: Blueprint): ReadonlyMap<string, Credentials> =>
  new Map(
    [FUNCTION_ACCESS_KEY_ID, ...otherFunctions.map(accessKeyIdOf)].map((keyId) => [
      keyId,
      { secretAccessKey: FUNCTION_SECRET, sessionToken: FUNCTION_SECRET },
    ]),
  );

/** Works for a stack whose notification was removed, too. */
export const bucketsOf = ({ buckets, notifications, function: fn, stateMachines }: Blueprint) => {
  const ofRuns = stateMachines.map(({ results }) => results.Bucket);
  const names = buckets.map(({ name }) => name).filter((name) => !ofRuns.includes(name));
  const notified = notifications.map(({ bucket }) => bucket);
  const written = names.filter((name) => Object.values(fn.environment).includes(name) && !notified.includes(name));
  const [uploadBucket] = [...notified, ...names.filter((name) => !written.includes(name))];
  const [processedBucket] = written;
  if (uploadBucket === undefined || processedBucket === undefined) {
    throw expected("an upload bucket and a bucket named in the function's environment", "the stack", names);
  }
  return { uploadBucket, processedBucket };
};
