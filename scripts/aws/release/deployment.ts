/** A release by CodeDeploy: starts a deployment between two versions, and follows it to its end. */

import { createHash } from "node:crypto";
import {
  type CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { Names } from "../../../modules/naming";
import { poll } from "../../terminal/polling";
import { answerTo } from "../account";
import type { AliasAddress } from "./alias";
import type { ReleaseResult } from "./shift";

export interface CodeDeploy {
  readonly codedeploy: CodeDeployClient;
  readonly names: Names["releases"];
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html */
const appSpec = ({ functionName, aliasName }: AliasAddress, from: string, to: string): string =>
  JSON.stringify({
    version: 0.0,
    Resources: [
      {
        [aliasName]: {
          Type: "AWS::Lambda::Function",
          Properties: { Name: functionName, Alias: aliasName, CurrentVersion: from, TargetVersion: to },
        },
      },
    ],
  });

/** @returns the deployment's id */
export const startDeployment = async (
  { codedeploy, names }: CodeDeploy,
  alias: AliasAddress,
  { from, to, ignoreAlarms }: { from: string; to: string; ignoreAlarms: boolean },
): Promise<string> => {
  const content = appSpec(alias, from, to);
  const command = new CreateDeploymentCommand({
    applicationName: names.applicationName,
    deploymentGroupName: names.deploymentGroupName,
    description: `${from} -> ${to}, by npm run release`,
    revision: {
      revisionType: "AppSpecContent",
      appSpecContent: { content, sha256: createHash("sha256").update(content).digest("hex") },
    },
    ...(ignoreAlarms && { overrideAlarmConfiguration: { enabled: false } }),
  });
  const { deploymentId } = await answerTo("CreateDeployment", codedeploy.send(command));
  if (deploymentId === undefined) throw new Error("Expected a deployment's id from CreateDeployment but got none");
  return deploymentId;
};

/** @returns the id of the deployment in progress, if there is one */
export const runningDeployment = async ({ codedeploy, names }: CodeDeploy): Promise<string | undefined> => {
  const command = new ListDeploymentsCommand({
    applicationName: names.applicationName,
    deploymentGroupName: names.deploymentGroupName,
    includeOnlyStatuses: ["Created", "Queued", "InProgress", "Ready"],
  });
  return (await answerTo("ListDeployments", codedeploy.send(command))).deployments?.[0];
};

export const stopDeployment = async ({ codedeploy }: CodeDeploy, deploymentId: string): Promise<void> => {
  const command = new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true });
  await answerTo("StopDeployment", codedeploy.send(command));
};

const reasonOf = ({ errorInformation, rollbackInfo, status }: DeploymentInfo): string =>
  [errorInformation?.message, rollbackInfo?.rollbackMessage].filter(Boolean).join(" ") ||
  `CodeDeploy reports the status ${status}`;

export interface Follow {
  /** Stops following; the deployment continues. */
  readonly signal: AbortSignal;
  readonly onStatus: (status: string) => void;
  /** Time between two reads of the status. @default 5000 */
  readonly intervalMs?: number;
}

/** @returns the result of the deployment, or undefined if it continues because following was interrupted */
export const followDeployment = async (
  { codedeploy }: CodeDeploy,
  deploymentId: string,
  { signal, onStatus, intervalMs = 5_000 }: Follow,
): Promise<ReleaseResult | undefined> => {
  let last = "";
  const ended = async (): Promise<ReleaseResult | undefined> => {
    const command = new GetDeploymentCommand({ deploymentId });
    const { deploymentInfo: info = {} } = await answerTo("GetDeployment", codedeploy.send(command));
    if (info.deploymentId !== deploymentId)
      throw new Error(`Expected ${deploymentId} from GetDeployment but got ${info.deploymentId}`);
    const { status = "" } = info;
    if (status !== last) onStatus(status);
    last = status;
    if (status === "Succeeded") return { status: "released" };
    if (status === "Failed" || status === "Stopped") return { status: "rolled back", reason: reasonOf(info) };
    return undefined;
  };
  return poll(ended, { intervalMs: intervalMs, signal });
};
