/** CodeDeploy, which moves the alias from one version of the function to the next, and back when a critical alarm goes off. */
import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { Names } from "./naming";
import { deploymentConfigName, type StrategyName } from "./release-strategies";

export interface CodeDeployProps {
  readonly names: Names["releases"];
  readonly strategy: StrategyName;
  readonly functionArn: string;
  readonly aliasArn: string;
  /** Any of them ends a deployment, and takes it back. */
  readonly criticalAlarmNames: readonly string[];
  readonly accountId: string;
}

export class CodeDeploy extends Construct {
  constructor(scope: Construct, id: string, props: CodeDeployProps) {
    super(scope, id);
    const { applicationName, deploymentGroupName, roleName } = props.names;
    const role = new IamRole(this, "role", {
      name: roleName,
      assumeRolePolicy: JSON.stringify(trust(props.accountId)),
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

const trust = (accountId: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "codedeploy.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ],
});

/** AWSCodeDeployRoleForLambdaLimited, less what only hooks and revisions in S3 need, and for one function. */
const statements = ({ functionArn, aliasArn }: CodeDeployProps) => [
  {
    Sid: "MoveTheAlias",
    Effect: "Allow",
    Action: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
    Resource: [functionArn, aliasArn],
  },
  // Composite alarms are not told to whom may see some alarms only, and CodeDeploy asks for both kinds.
  { Sid: "WatchAlarms", Effect: "Allow", Action: ["cloudwatch:DescribeAlarms"], Resource: "*" },
];
