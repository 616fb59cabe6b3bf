/** Inputs of the module `sns_notifications`. */
import { choice, EMAIL, EMAILS, FLAG, HTTPS, NAME, PHONE, TOPIC } from "../checks";
import { COMMON } from "./common";
import type { Inputs } from "./inputs";

// biome-ignore format: a ledger is read down its columns
export const SNS_NOTIFICATIONS = {
  project_name:                          { ...NAME,                                                       description: "First part of the topics' names." },
  environment:                           { ...NAME,                                                       description: "Second part of the topics' names." },
  critical_alert_email:                  { ...EMAIL,   default: "",                                       description: "E-mail address for critical notifications." },
  performance_alert_email:               { ...EMAIL,   default: "",                                       description: "E-mail address for performance notifications." },
  log_alert_email:                       { ...EMAIL,   default: "",                                       description: "E-mail address for notifications from log alarms." },
  additional_critical_alert_emails:      { ...EMAILS,  default: [],                                       description: "More e-mail addresses for critical notifications." },
  additional_performance_alert_emails:   { ...EMAILS,  default: [],                                       description: "More e-mail addresses for performance notifications." },
  additional_log_alert_emails:           { ...EMAILS,  default: [],                                       description: "More e-mail addresses for notifications from log alarms." },
  critical_alert_sms:                    { ...PHONE,   default: "",                                       description: "Phone number (E.164) for critical notifications." },
  critical_alert_https_endpoint:         { ...HTTPS,   default: "",                                       description: "HTTPS endpoint for critical notifications, such as PagerDuty's or Opsgenie's address for Amazon CloudWatch. It must confirm the subscription by itself. Keep the address out of Git: it contains a key." },
  existing_critical_alerts_topic_arn:    { ...TOPIC,   default: "",                                       description: "SNS topic for critical alarms that exists already. Its policy must let cloudwatch.amazonaws.com publish." },
  existing_performance_alerts_topic_arn: { ...TOPIC,   default: "",                                       description: "SNS topic for performance alarms that exists already. Its policy must let cloudwatch.amazonaws.com publish, and budgets.amazonaws.com for a budget." },
  existing_log_alerts_topic_arn:         { ...TOPIC,   default: "",                                       description: "SNS topic for alarms on log lines that exists already. Its policy must let cloudwatch.amazonaws.com publish." },
  enable_budget_publisher:               { ...FLAG,    default: false,                                    description: "Lets AWS Budgets publish to the topic of budget_severity." },
  budget_severity:                       { ...choice("critical", "performance", "log"), default: "performance", description: "Severity whose topic AWS Budgets publishes to." },
  enable_kms_key:                        COMMON.enable_kms_key,
  kms_key_arn:                           COMMON.kms_key_arn,
  account_id:                            COMMON.account_id,
} as const satisfies Inputs;
