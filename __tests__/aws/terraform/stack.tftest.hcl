# What a stack has to be, said in Terraform's own language and checked by `terraform test` for every environment.
# The provider is mocked: it checks every argument against its schema and creates nothing.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:processor" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:processor:live" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/processor" }
  }
  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::123456789012:policy/replication" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:us-east-1:123456789012:dead-letters", url = "https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/processor" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = { execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234", api_endpoint = "https://abcdef1234.execute-api.us-east-1.amazonaws.com" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { arn = "arn:aws:states:us-east-1:123456789012:stateMachine:backfill" }
  }
}

# The provider of another region, in stacks that have one.
mock_provider "aws" {
  alias = "replica"
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::the-replica-bucket" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
  }
}

override_resource {
  target = aws_sns_topic.sns_notifications_critical
  values = { arn = "arn:aws:sns:us-east-1:123456789012:critical" }
}

override_resource {
  target = aws_sns_topic.sns_notifications_performance
  values = { arn = "arn:aws:sns:us-east-1:123456789012:performance" }
}

override_resource {
  target = aws_sns_topic.sns_notifications_log
  values = { arn = "arn:aws:sns:us-east-1:123456789012:log" }
}

override_resource {
  target = aws_s3_bucket.s3_buckets_upload
  values = { id = "the-upload-bucket", arn = "arn:aws:s3:::the-upload-bucket" }
}

override_resource {
  target = aws_s3_bucket.s3_buckets_processed
  values = { id = "the-processed-bucket", arn = "arn:aws:s3:::the-processed-bucket" }
}

# One run, because each costs a second for every environment.
run "stack" {
  # Has twelve alarms, and those that the environment switches on. Composite alarms exist with alarm_routing "incident" only.

  assert {
    condition = can(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm) || setsubtract(
      concat(keys(output.cloudwatch_alarms), keys(output.log_based_alarms)), [
        "no-invocations", "release-errors", "memory-high", "event-age", "events-dropped", "dead-letters", "dead-letter-errors",
        "table-errors", "table-throttles", "records-lost",
        ]) == toset([
        "high-error-rate", "high-duration", "throttles", "high-concurrency", "log-errors", "low-success-rate",
        "timeout-errors", "memory-errors", "image-processing-errors", "s3-permission-errors", "critical-errors", "large-images",
    ])
    error_message = "The outputs name other alarms: ${join(", ", concat(keys(output.cloudwatch_alarms), keys(output.log_based_alarms)))}"
  }

  assert {
    condition = (
      toset([for alarm in merge(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_metric_alarm, try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm, {})) : alarm.alarm_name])
      == toset(concat(values(output.cloudwatch_alarms), values(output.log_based_alarms)))
    )
    error_message = "The stack has an alarm that no output names, or the other way round."
  }

  # Without composite alarms, each alarm notifies the topic of its severity.

  assert {
    condition = can(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm) || alltrue([
      for label in [
        "cloudwatch_alarms_high_error_rate",
        "cloudwatch_alarms_throttles",
        "cloudwatch_alarms_log_errors",
      ] : try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_metric_alarm[label].alarm_actions, [])
      == ["$${aws_sns_topic.sns_notifications_critical.arn}"]
    ])
    error_message = "A critical alarm does not notify exactly the critical topic."
  }

  assert {
    condition = can(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm) || alltrue([
      for label in [
        "cloudwatch_alarms_high_duration",
        "cloudwatch_alarms_high_concurrency",
        "cloudwatch_alarms_low_success_rate",
      ] : try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_metric_alarm[label].alarm_actions, [])
      == ["$${aws_sns_topic.sns_notifications_performance.arn}"]
    ])
    error_message = "A performance alarm does not notify exactly the performance topic."
  }

  assert {
    condition = can(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm) || alltrue([
      for label in [
        "log_alerts_timeout_errors",
        "log_alerts_memory_errors",
        "log_alerts_image_processing_errors",
        "log_alerts_s3_permission_errors",
        "log_alerts_critical_errors",
        "log_alerts_large_images",
      ] : try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_metric_alarm[label].alarm_actions, [])
      == ["$${aws_sns_topic.sns_notifications_log.arn}"]
    ])
    error_message = "An alarm on log lines does not notify exactly the log topic."
  }

  # With them, only the page notifies the critical topic.
  assert {
    condition = !can(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm) || [
      for label, alarm in merge(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_metric_alarm, try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm, {})) : label
      if contains(try(alarm.alarm_actions, []), "$${aws_sns_topic.sns_notifications_critical.arn}")
    ] == ["cloudwatch_alarms_page"]
    error_message = "Another alarm than the page notifies the critical topic."
  }

  # None that has to notify can escape the lists above by its name, and each notifies of its end, too.
  assert {
    condition = alltrue([
      for alarm in try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_composite_alarm, jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_metric_alarm) :
      length(alarm.alarm_actions) == 1 && alarm.alarm_actions == alarm.ok_actions
    ])
    error_message = "An alarm notifies no topic, or not when it returns to OK."
  }

  # Lets S3 invoke the function before telling it to.

  assert {
    condition = contains(
      try(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_s3_bucket_notification.upload_notification.depends_on, []),
      "aws_lambda_permission.upload_permission",
    )
    error_message = "The notification does not wait for the permission; S3 refuses it then."
  }

  assert {
    condition = (
      aws_lambda_permission.upload_permission.source_arn == aws_s3_bucket.s3_buckets_upload.arn
      && aws_lambda_permission.upload_permission.source_account == data.aws_caller_identity.current.account_id
      && aws_lambda_permission.upload_permission.function_name == aws_lambda_function.lambda_function_function.function_name
    )
    error_message = "Something else than the upload bucket of this account may invoke the function."
  }

  assert {
    condition = (
      aws_s3_bucket_notification.upload_notification.bucket == aws_s3_bucket.s3_buckets_upload.id
      && aws_s3_bucket_notification.upload_notification.lambda_function[0].lambda_function_arn == join(":", compact([
        aws_lambda_function.lambda_function_function.arn, aws_lambda_permission.upload_permission.qualifier
      ]))
    )
    error_message = "Uploads do not invoke the function, or not by the alias that the permission is for."
  }

  # Gives the role both buckets and no wildcard.

  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.lambda_function_policy.policy).Statement : statement.Resource
      if startswith(flatten([statement.Action])[0], "s3:")
      ])) == toset([
      aws_s3_bucket.s3_buckets_upload.arn,
      "${aws_s3_bucket.s3_buckets_upload.arn}/*",
      "${aws_s3_bucket.s3_buckets_processed.arn}/*",
    ])
    error_message = "The role's policy names other buckets than the two of this stack."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.lambda_function_policy.policy).Statement :
      statement.Resource != "*" || contains([
        ["cloudwatch:PutMetricData"], ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
      ], statement.Action)
    ])
    error_message = "The role may do something to everything."
  }

  assert {
    condition     = aws_lambda_function.lambda_function_function.role == aws_iam_role.lambda_function_role.arn
    error_message = "The function does not have the role."
  }

  # Reads the function's own log group.

  assert {
    condition = (
      aws_cloudwatch_log_group.lambda_function_log_group.name == "/aws/lambda/${aws_lambda_function.lambda_function_function.function_name}"
      && aws_lambda_function.lambda_function_function.logging_config[0].log_group == aws_cloudwatch_log_group.lambda_function_log_group.name
      && aws_lambda_function.lambda_function_function.logging_config[0].log_format == "JSON"
    )
    error_message = "The function does not log to its own group as JSON."
  }

  assert {
    condition = alltrue([
      for filter in jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_log_metric_filter :
      contains([
        for label in keys(jsondecode(file("${path.module}/cdk.tf.json")).resource.aws_cloudwatch_log_group) : "$${aws_cloudwatch_log_group.${label}.name}"
      ], filter.log_group_name)
    ])
    error_message = "A metric filter reads a log group of no function of the stack."
  }

  # Runs the packaged code.

  assert {
    condition     = aws_lambda_function.lambda_function_function.source_code_hash == filebase64sha256(aws_lambda_function.lambda_function_function.filename)
    error_message = "The function's code is not the zip beside the stack."
  }

  assert {
    condition     = aws_lambda_function.lambda_function_function.environment[0].variables.PROCESSED_BUCKET == aws_s3_bucket.s3_buckets_processed.id
    error_message = "The function writes to another bucket than the processed one."
  }

  # Says what it made.

  assert {
    condition = alltrue([
      for value in [
        output.upload_bucket_name, output.upload_bucket_arn, output.processed_bucket_name, output.processed_bucket_arn,
        output.lambda_function_name, output.lambda_function_arn, output.lambda_log_group_name,
        output.critical_alerts_topic_arn, output.performance_alerts_topic_arn, output.log_alerts_topic_arn,
        output.cloudwatch_dashboard_name, output.cloudwatch_dashboard_url, output.metric_namespace, output.aws_region,
        output.upload_command_example, output.view_logs_command, output.test_alarm_command, output.sns_subscription_note,
      ] : try(length(value) > 0, false)
    ])
    error_message = "An output is empty."
  }
}
