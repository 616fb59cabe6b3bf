/** CodeDeploy: moves the alias to a new version of the function, and back when a critical alarm fires. */
import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { ifSame } from "./arithmetic";
import { accountOf, type Place, placeOf } from "./caller";
import { CODEDEPLOY } from "./inputs/extra_modules";
import { type Given, type Values, valuesOf } from "./inputs/inputs";
import { deploymentConfigName } from "./release-strategies";

export type CodeDeployProps = Given<typeof CODEDEPLOY>;

type CodeDeployValues = Values<typeof CODEDEPLOY>;

export class CodeDeploy extends Construct {
  readonly outputs: {
    readonly application_name: string;
    readonly deployment_group_name: string;
    readonly role_arn: string;
  };

  constructor(scope: Construct, id: string, props: CodeDeployProps) {
    super(scope, id);
    const values = valuesOf("codedeploy", CODEDEPLOY, props);
    const role = new IamRole(this, "role", {
      name: values.role_name,
      assumeRolePolicy: JSON.stringify(trust(placeOf(this, values), accountOf(this, values))),
      permissionsBoundary: values.permissions_boundary_arn || undefined,
    });
    const policy = new IamRolePolicy(this, "policy", {
      name: "least-privilege",
      role: role.id,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: statements(values) }),
    });
    const app = new CodedeployApp(this, "app", { name: values.application_name, computePlatform: "Lambda" });
    const group = new CodedeployDeploymentGroup(this, "group", {
      appName: app.name,
      deploymentGroupName: values.deployment_group_name,
      deploymentConfigName: deploymentConfigName(values.release_strategy),
      serviceRoleArn: role.arn,
      deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
      alarmConfiguration: { enabled: true, alarms: values.critical_alarm_names },
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] },
      dependsOn: [policy],
    });
    this.outputs = {
      application_name: app.name,
      deployment_group_name: group.deploymentGroupName,
      role_arn: role.arn,
    };
  }
}

/** In GovCloud only the regional service principal exists. */
const principalIn = ({ region, partition }: Place): string =>
  ifSame(partition, "aws", "codedeploy.amazonaws.com", `codedeploy.${region}.amazonaws.com`);

const trust = (place: Place, accountId: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: principalIn(place) },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": accountId } },
    },
  ],
});

/** AWSCodeDeployRoleForLambdaLimited without the permissions for hooks and S3 revisions, restricted to one function. */
const statements = ({ function_arn, alias_arn }: CodeDeployValues) => [
  {
    Sid: "MoveTheAlias",
    Effect: "Allow",
    Action: ["lambda:GetAlias", "lambda:UpdateAlias", "lambda:GetProvisionedConcurrencyConfig"],
    Resource: [function_arn, alias_arn],
  },
  // CodeDeploy also asks for composite alarms, and DescribeAlarms returns those only with permission for all alarms.
  { Sid: "WatchAlarms", Effect: "Allow", Action: ["cloudwatch:DescribeAlarms"], Resource: "*" },
];
