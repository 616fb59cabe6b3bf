/** The example of docs/modules.md: alarms for a Python function that exists already. */
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, TerraformStack } from "cdktf";
import { METRIC_ALARMS } from "../../modules/alarms";
import { CloudwatchAlarms } from "../../modules/cloudwatch_alarms";
import { LogAlerts } from "../../modules/log_alerts";
import { SnsNotifications } from "../../modules/sns_notifications";

// docs:start
export class InvoiceAlarms extends TerraformStack {
  constructor(app: App) {
    super(app, "invoices");
    new AwsProvider(this, "aws", { region: "eu-west-1" });
    const function_name = "invoices-worker";

    const { outputs: topics } = new SnsNotifications(this, "sns", {
      project_name: "invoices",
      environment: "prod",
      critical_alert_email: "operator@example.com",
    });
    new CloudwatchAlarms(this, "alarms", {
      function_name,
      critical_alerts_topic_arn: topics.critical_alerts_topic_arn,
      performance_alerts_topic_arn: topics.performance_alerts_topic_arn,
      duration_threshold_ms: 20_000,
      alarms: {
        ...METRIC_ALARMS,
        "queue-depth": {
          severity: "performance",
          summary: "Invoices are waiting",
          metric: {
            namespace: "AWS/SQS",
            metricName: "ApproximateNumberOfMessagesVisible",
            dimensions: { QueueName: "invoices" },
          },
          statistic: "Maximum",
          periodSeconds: 300,
          evaluationPeriods: 3,
          datapointsToAlarm: 3,
          comparison: ">=",
          threshold: 100,
          treatMissingData: "notBreaching",
        },
      },
    });
    new LogAlerts(this, "log_alerts", {
      function_name,
      log_group_name: `/aws/lambda/${function_name}`,
      log_alerts_topic_arn: topics.log_alerts_topic_arn,
    });
  }
}
// docs:end
