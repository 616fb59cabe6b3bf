/** Lambda's GetFunctionConfiguration and GetAlias, and CodeDeploy's ListDeployments, as a stack without a release in progress answers. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FunctionBlueprint } from "./blueprint";
import type { Operations } from "./operations";

/** @returns the answer; undefined for another call, or for a function or alias that does not exist */
export type DescribeFunction = (method: string, url: string) => object | undefined;

const CALL = /^\/2015-03-31\/functions\/(?<name>[^/?]+)\/(?<what>configuration|aliases\/(?<alias>[^/?]+))(\?|$)/;

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("base64");

/** @param functions of the stack; every version of one has the package of the stack */
export const describeFunctions =
  (functions: readonly FunctionBlueprint[]): DescribeFunction =>
  (method, url) => {
    const { name = "", alias } = CALL.exec(url)?.groups ?? {};
    const found = functions.find((each) => each.name === decodeURIComponent(name));
    if (method !== "GET" || found === undefined) return undefined;
    if (alias !== undefined)
      return found.alias?.name === alias
        ? { Name: alias, AliasArn: found.alias.arn, FunctionVersion: found.alias.version }
        : undefined;
    const { runtime: Runtime, handler: Handler, timeoutSeconds: Timeout, memoryMb: MemorySize, arn } = found;
    const configuration = { Runtime, Handler, Timeout, MemorySize, CodeSha256: sha256(found.packageFile) };
    return { FunctionName: found.name, FunctionArn: arn, ...configuration };
  };

export const NO_RELEASES: Operations = { "CodeDeploy_20141006.ListDeployments": () => ({ deployments: [] }) };
