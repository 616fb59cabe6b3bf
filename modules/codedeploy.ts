/** CodeDeploy: moves the alias to a new version of the function, and back when a critical alarm fires. */
import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { Names } from "./naming";
import { partitionOf } from "./partitions";
import { deploymentConfigName, type StrategyName } from "./release-strategies";

export interface CodeDeployProps {
  readonly names: Names["releases"];
  readonly strategy: StrategyName;
  readonly functionArn: string;
  readonly aliasArn: string;
  /** Each of them stops a deployment and rolls it back. */
  readonly criticalAlarmNames: readonly string[];
  readonly accountId: string;
  readonly region: string;
  /** IAM policy that limits the role. @default no limit */
  readonly permissionsBoundaryArn?: string;
}

export class CodeDeploy extends Construct {
  constructor(scope: Construct, id: string, props: CodeDeployProps) {
    super(scope, id);
    const { applicationName, deploymentGroupName, roleName } = props.names;
    const role = new IamRole(this, "role", {
      name: roleName,
      assumeRolePolicy: JSON.stringify(trust(props)),
      permissionsBoundary: props.permissionsBoundaryArn,
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(props) }),
    });
    const app = new CodedeployApp(this, "app", { name: applicationName, computePlatform: "Lambda" });
    new CodedeployDeploymentGroup(this, "group", {
      appName: app.name,
      deploymentGroupName,
      deploymentConfigName: deploymentConfigName(props.strategy),
      serviceRoleArn: role.arn,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      alarmConfiguration: { enabled: true, alarms: [...props.criticalAlarmNames] },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
      dependsOn: [policy],
    });
  }
}

/** In GovCloud only the regional service principal exists. */
const principalIn = (region: string): string =>
  partitionOf(region) === "aws" ? "codedeploy.amazonaws.com" : `codedeploy.${region}.amazonaws.com`;

const trust = ({ accountId, region }: CodeDeployProps) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: principalIn(region) },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ],
});

/** AWSCodeDeployRoleForLambdaLimited without the permissions for hooks and S3 revisions, restricted to one function. */
const statements = ({ functionArn, aliasArn }: CodeDeployProps) => [
  {
    Sid: "MoveTheAlias",
    Effect: "Allow",
    Action: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
    Resource: [functionArn, aliasArn],
  },
  // CodeDeploy also asks for composite alarms, and DescribeAlarms returns those only with permission for all alarms.
  { Sid: "WatchAlarms", Effect: "Allow", Action: ["cloudwatch:DescribeAlarms"], Resource: "*" },
];
