/** A release by CodeDeploy: it is told of the two versions, and followed to its end. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  ListDeploymentsCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import type { Names } from "../../../modules/naming";
import { answerTo } from "../account";
import type { Place } from "./alias";
import type { Ended } from "./shift";

export interface CodeDeploy {
  readonly codedeploy: CodeDeployClient;
  readonly names: Names["releases"];
}

/** https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html */
const appSpec = ({ functionName, aliasName }: Place, from: string, to: string): string =>
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
  place: Place,
  { from, to, ignoreAlarms }: { from: string; to: string; ignoreAlarms: boolean },
): Promise<string> => {
  const content = appSpec(place, from, to);
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

/** @returns the id of the deployment that is under way, if one is */
export const underWay = async ({ codedeploy, names }: CodeDeploy): Promise<string | undefined> => {
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
  [errorInformation?.message, rollbackInfo?.rollbackMessage].filter(Boolean).join(" ") || `CodeDeploy says ${status}`;

export interface Follow {
  /** Ends the following; the deployment goes on. */
  readonly signal: AbortSignal;
  readonly onStatus: (status: string) => void;
  /** Between two looks. @default 5 seconds */
  readonly lookEveryMs?: number;
}

/** @returns how the deployment ended; nothing where it goes on, and only the following was interrupted */
export const followDeployment = async (
  { codedeploy }: CodeDeploy,
  deploymentId: string,
  { signal, onStatus, lookEveryMs = 5_000 }: Follow,
): Promise<Ended | undefined> => {
  let last = "";
  while (!signal.aborted) {
    const command = new GetDeploymentCommand({ deploymentId });
    const { deploymentInfo: info = {} } = await answerTo("GetDeployment", codedeploy.send(command));
    const { status = "" } = info;
    if (status !== last) onStatus(status);
    last = status;
    if (status === "Succeeded") return { status: "released" };
    if (status === "Failed" || status === "Stopped") return { status: "taken back", because: reasonOf(info) };
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
  }
  return undefined;
};
