/** tfvars files with mistakes: a message for each. */
import { readEnvironments } from "../../modules/environment";
import { environmentsOf } from "./synthesized";

/** @returns the lines of the error message for these files */
const complaints = async (files: Record<string, string>, shell: Record<string, string> = {}): Promise<string[]> => {
  const problem: unknown = await readEnvironments(environmentsOf(files), shell).catch((error: unknown) => error);
  return problem instanceof Error ? problem.message.split("\n") : [];
};

const complaintsOfDev = (tfvars: string, shell?: Record<string, string>) => complaints({ "dev.tfvars": tfvars }, shell);

const KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:oncall";

describe("a tfvars file", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    ['lambda_timeout = "sixty"',                'Expected a whole number of seconds from 1 to 900 for lambda_timeout but got "sixty"'],
    ['lambda_timeout = "60"',                   'Expected a whole number of seconds from 1 to 900 for lambda_timeout but got "60"'],
    ["lambda_timeout = 0\nduration_threshold_ms = 1", "Expected a whole number of seconds from 1 to 900 for lambda_timeout but got 0"],
    ["lambda_timeout = 901",                    "Expected a whole number of seconds from 1 to 900 for lambda_timeout but got 901"],
    ["lambda_timeout = 60.5",                   "Expected a whole number of seconds from 1 to 900 for lambda_timeout but got 60.5"],
    ["lambda_timeout = [60]",                   "Expected a whole number of seconds from 1 to 900 for lambda_timeout but got [60]"],
    ["lambda_memory_size = 127",                "Expected a whole number of megabytes from 128 to 10240 for lambda_memory_size but got 127"],
    ["lambda_memory_size = 10241",              "Expected a whole number of megabytes from 128 to 10240 for lambda_memory_size but got 10241"],
    ['lambda_runtime = "python3.12"',           'Expected one of nodejs22.x, nodejs24.x for lambda_runtime but got "python3.12"'],
    ['lambda_architecture = "arm"',             'Expected one of arm64, x86_64 for lambda_architecture but got "arm"'],
    ['log_level = "WARN"',                      'Expected one of DEBUG, INFO, WARNING, ERROR for log_level but got "WARN"'],
    ["log_retention_days = 8",                  "Expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days for log_retention_days but got 8"],
    ['enable_s3_versioning = "yes"',            'Expected true or false for enable_s3_versioning but got "yes"'],
    ['aws_region = "us-east"',                  'Expected an AWS region such as us-east-1, us-gov-west-1 or cn-north-1 for aws_region but got "us-east"'],
    ['project_name = "Image_Processor"',        'Expected lower-case letters, digits and hyphens, starting with a letter for project_name but got "Image_Processor"'],
    ['metric_namespace = "AWS/Mine"',           'Expected a CloudWatch namespace (letters, digits and . - _ / #, not starting with AWS/) for metric_namespace but got "AWS/Mine"'],
    ['metrics_transport = "statsd"',            'Expected one of put_metric_data, emf for metrics_transport but got "statsd"'],
    ['log_alert_email = "operator"',            'Expected an e-mail address, or "" for log_alert_email but got "operator"'],
    ['alert_email = "operator"',                'Expected an e-mail address, or "" for alert_email but got "operator"'],
    ['alert_sms = "555 550 100"',               'Expected a phone number such as "+15555550100", or "" for alert_sms but got "555 550 100"'],
    ["error_threshold = 0",                     "Expected a whole number from 1 to 1000000 for error_threshold but got 0"],
    ["success_rate_threshold_percent = 101",    "Expected a number above 0 and up to 100 for success_rate_threshold_percent but got 101"],
    ["success_rate_threshold_percent = 0",      "Expected a number above 0 and up to 100 for success_rate_threshold_percent but got 0"],
    ["lambda_timout = 60",                      "Expected a known variable but got lambda_timout; did you mean lambda_timeout?"],
    ["lambda_mem = 1024",                       "Expected a known variable but got lambda_mem; did you mean lambda_memory_size?"],
    ["flavour = 1",                             "Expected a known variable but got flavour"],
    ["duration_threshold_ms = 60000",           "Expected less than lambda_timeout (60000 ms) for duration_threshold_ms but got 60000"],
    ["large_image_bytes = 104857600",           "Expected less than max_image_bytes (104857600) for large_image_bytes but got 104857600"],
    ["reserved_concurrent_executions = 0",      "Expected -1 or a whole number from 1 to 100000 for reserved_concurrent_executions but got 0"],
    ["reserved_concurrent_executions = 49",     "Expected at most reserved_concurrent_executions (49) for concurrent_executions_threshold but got 50"],
    ["enable_codedeploy = true",                "Expected true (enable_codedeploy needs it) for enable_release_alias but got false"],
    ['release_strategy = "Canary"',             'Expected one of AllAtOnce, Canary10Percent5Minutes, Canary10Percent10Minutes, Canary10Percent15Minutes, Canary10Percent30Minutes, Linear10PercentEvery1Minute, Linear10PercentEvery2Minutes, Linear10PercentEvery3Minutes, Linear10PercentEvery10Minutes for release_strategy but got "Canary"'],
    ['code_signing_profile_version_arn = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/images"', 'Expected the ARN of a signing profile version, or "" for code_signing_profile_version_arn but got "arn:aws:signer:us-east-1:123456789012:/signing-profiles/images"'],
    ["lambda_retry_attempts = 3",               "Expected a whole number from 0 to 2 for lambda_retry_attempts but got 3"],
    ["lambda_max_event_age_seconds = 59",       "Expected a whole number of seconds from 60 to 21600 for lambda_max_event_age_seconds but got 59"],
    ["enable_async_alarms = true\nlambda_max_event_age_seconds = 600", "Expected more than event_age_threshold_ms (600 s) for lambda_max_event_age_seconds but got 600"],
    ['runbook_base_url = "http://example.com/"', 'Expected an address such as https://example.com/runbooks, or "" for runbook_base_url but got "http://example.com/"'],
    ['cost_center = "a;b"',                     'Expected letters, digits, spaces and . : / = + - @ _, or "" for cost_center but got "a;b"'],
    ["monthly_budget_usd = -1",                 "Expected a whole number of US dollars from 0 to 1000000 for monthly_budget_usd but got -1"],
    ["processed_transition_days = 29",          "Expected at least 30 days for STANDARD_IA (S3 moves nothing earlier) for processed_transition_days but got 29"],
    ["processed_transition_days = 30\nprocessed_expiration_days = 30", "Expected more than processed_transition_days (30) for processed_expiration_days but got 30"],
    ['processed_expiration_days = 30\nexisting_processed_bucket_name = "my-variants"', "Expected 0 (the owner of an existing bucket configures its lifecycle) for processed_expiration_days but got 30"],
    ['processed_transition_class = "GLACIER"',  'Expected one of STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR for processed_transition_class but got "GLACIER"'],
    ["s3_access_log_days = 0",                  "Expected a whole number of days from 1 to 3650 for s3_access_log_days but got 0"],
    ['cache_control = ""',                      'Expected the value of a header, of up to 200 characters for cache_control but got ""'],
    ['variant_tags = { a = "{name}" }',         'Expected at most 10 tags (letters, digits, spaces and . : / = + - @ _ ; {variant} in values) for variant_tags but got {"a":"{name}"}'],
    ['variant_tags = { "aws:a" = "b" }',        'Expected at most 10 tags (letters, digits, spaces and . : / = + - @ _ ; {variant} in values) for variant_tags but got {"aws:a":"b"}'],
    ['state_bucket = "States"',                 'Expected a bucket name that S3 allows, or "" for state_bucket but got "States"'],
    ['state_key = "dev.tfstate"',               'Expected a bucket name (state_key is "dev.tfstate") for state_bucket but got ""'],
    ['environment = "prod"',                    'Expected "dev" (the name of the file) for environment but got "prod"'],
    ['project_name = "twenty-three-characters"', 'Expected at most 37 characters for the bucket prefix from project_name and environment but got "twenty-three-characters-dev-processed-"'],
    ['upload_bucket_name = "a..b"',             'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "a..b"'],
    ['upload_bucket_name = "192.168.5.4"',      'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "192.168.5.4"'],
    ['upload_bucket_name = "xn--in"',           'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "xn--in"'],
    ['upload_bucket_name = "sthree-in"',        'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "sthree-in"'],
    ['upload_bucket_name = "in-s3alias"',       'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "in-s3alias"'],
    ['upload_bucket_name = "in.mrap"',          'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "in.mrap"'],
    ['processed_bucket_name = "out--x-s3"',     'Expected a bucket name that S3 allows, or "" for processed_bucket_name but got "out--x-s3"'],
    ['processed_bucket_name = "out-an"',        'Expected a bucket name that S3 allows, or "" for processed_bucket_name but got "out-an"'],
    ['project_name = "sthree"',                 'Expected a start that S3 does not reserve for the bucket prefix from project_name and environment but got "sthree-dev-upload-"'],
    ['upload_bucket_name = "in"',               'Expected a bucket name that S3 allows, or "" for upload_bucket_name but got "in"'],
    ['upload_bucket_name = "one"\nprocessed_bucket_name = "one"', 'Expected another bucket than the upload bucket for the bucket for variants but got "one"'],
    ['existing_upload_bucket_name = "one"\nprocessed_bucket_name = "one"', 'Expected another bucket than the upload bucket for the bucket for variants but got "one"'],
    ['upload_bucket_name = "one"\nexisting_upload_bucket_name = "two"', 'Expected "" (existing_upload_bucket_name is set) for upload_bucket_name but got "one"'],
    ['existing_upload_bucket_name = "one"\nexisting_processed_bucket_name = "two"\nenable_s3_access_logging = true', "Expected false (the owner of an existing bucket configures its access logs) for enable_s3_access_logging but got true"],
    ['existing_kms_key_arn = "alias/mine"',     'Expected the ARN of a KMS key, or "" for existing_kms_key_arn but got "alias/mine"'],
    [`existing_kms_key_arn = "${KEY}"\nenable_kms_key = true`, "Expected false (existing_kms_key_arn is set) for enable_kms_key but got true"],
    [`existing_kms_key_arn = "${KEY}"\naws_region = "eu-west-1"`, `Expected an ARN in aws_region (eu-west-1) for existing_kms_key_arn but got "${KEY}"`],
    [`existing_log_alerts_topic_arn = "${TOPIC}"\naws_region = "eu-west-1"`, `Expected an ARN in aws_region (eu-west-1) for existing_log_alerts_topic_arn but got "${TOPIC}"`],
    ['existing_critical_alerts_topic_arn = "oncall"', 'Expected the ARN of an SNS topic, or "" for existing_critical_alerts_topic_arn but got "oncall"'],
    ['permissions_boundary_arn = "boundary"',   'Expected the ARN of an IAM policy, or "" for permissions_boundary_arn but got "boundary"'],
    ['vpc_subnet_ids = ["subnet-0123456789abcdef0"]', 'Expected a value (vpc_subnet_ids has one) for vpc_security_group_ids but got []'],
    ['vpc_security_group_ids = ["sg-0123456789abcdef0"]', 'Expected no value (vpc_subnet_ids has none) for vpc_security_group_ids but got ["sg-0123456789abcdef0"]'],
    ['vpc_subnet_ids = ["private"]',            'Expected a list of different subnet ids such as subnet-0123456789abcdef0, at most 16 for vpc_subnet_ids but got ["private"]'],
    ['slack_channel_id = "C0123456789"',        'Expected a value (slack_channel_id has one) for slack_workspace_id but got ""'],
    ['slack_channel_id = "#alerts"',            'Expected a Slack channel id such as C0123456789, or "" for slack_channel_id but got "#alerts"'],
    ['critical_alert_https_endpoint = "http://example.com"', 'Expected an address that starts with https://, or "" for critical_alert_https_endpoint but got "http://example.com"'],
    ['additional_alert_emails = ["operator"]',  'Expected a list of different e-mail addresses, at most 100 for additional_alert_emails but got ["operator"]'],
    ['extra_tags = { "aws:owner" = "x" }',      'Expected at most 40 tags (letters, digits, spaces and . : / = + - @ _ ; keys without the prefix aws:) for extra_tags but got {"aws:owner":"x"}'],
    ['extra_tags = { Owner = "x" }',            'Expected tags other than Project, Environment, ManagedBy, CostCenter, Owner, Budget for extra_tags but got {"Owner":"x"}'],
    ['existing_log_group_name = "my group"',    'Expected the name of a log group, or "" for existing_log_group_name but got "my group"'],
  ])("is refused for %s", async (tfvars, complaint) => {
    expect(await complaintsOfDev(tfvars)).toEqual([`environments/dev.tfvars: ${complaint}`]);
  });

  it("accepts a bucket prefix of exactly 37 characters", async () => {
    expect(await complaintsOfDev('project_name = "twenty-two-characters-"')).toHaveLength(1);
    expect(await complaintsOfDev('project_name = "twenty-two-characters1"')).toEqual([]);
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    ["lambda_timeout =\n",                           'environments/dev.tfvars:1: Expected lines of the form name = value but got "Invalid expression; Expected the start of an expression, but found an invalid expression token."'],
    ["log_level = \"INFO\nlambda_timeout = 60",      'environments/dev.tfvars:1: Expected lines of the form name = value but got "Invalid multi-line string; Quoted strings may not be split over multiple lines. To produce a multi-line string, either use the \\\\n escape to represent a newline character or use the \\"heredoc\\" multi-line template syntax."'],
    ["lambda_timeout = 1\n\nlambda_timeout = 2",     'environments/dev.tfvars:3: Expected lines of the form name = value but got "Attribute redefined; The argument \\"lambda_timeout\\" was already set at environments/dev.tfvars:1,1-15. Each argument may be set only once."'],
    ["# a comment\n\nlambda_timeout = 30 * 2",        'environments/dev.tfvars:3: Expected a literal value for lambda_timeout but got "${30 * 2}"'],
    ["log_level = DEBUG",                            'environments/dev.tfvars:1: Expected a literal value for log_level but got "${DEBUG}"'],
    ['project_name = "image-${var.suffix}"',         'environments/dev.tfvars:1: Expected a literal value for project_name but got "image-${var.suffix}"'],
  ])("is refused with its line for %j", async (tfvars, complaint) => {
    expect(await complaintsOfDev(tfvars)).toEqual([complaint]);
  });

  it("is refused with all mistakes at once, including those of other files and the shell", async () => {
    const files = {
      "dev.tfvars": "lambda_timout = 60\nlambda_memory_size = 1\nerror_threshold = 1 + 1",
      "prod.tfvars": 'log_level = "LOUD"\nduration_threshold_ms = 900000',
      "prod.local.tfvars": 'critical_alert_email = "oncall"',
    };

    expect(await complaints(files, { TF_VAR_throttle_threshold: "many" })).toEqual([
      'environments/dev.tfvars:3: Expected a literal value for error_threshold but got "${1 + 1}"',
      "environments/dev.tfvars: Expected a known variable but got lambda_timout; did you mean lambda_timeout?",
      "environments/dev.tfvars: Expected a whole number of megabytes from 128 to 10240 for lambda_memory_size but got 1",
      'TF_VAR_throttle_threshold: Expected a whole number from 1 to 1000000 for throttle_threshold but got "many"',
      'environments/prod.tfvars: Expected one of DEBUG, INFO, WARNING, ERROR for log_level but got "LOUD"',
      'environments/prod.local.tfvars: Expected an e-mail address, or "" for critical_alert_email but got "oncall"',
      "environments/prod.tfvars: Expected less than lambda_timeout (60000 ms) for duration_threshold_ms but got 900000",
    ]);
  });

  it("is refused if its name cannot be the name of an environment", async () => {
    expect(await complaints({ "Prod 1.tfvars": "" })).toEqual([
      'environments/Prod 1.tfvars: Expected lower-case letters, digits and hyphens, starting with a letter for environment but got "Prod 1"',
    ]);
  });

  it("must exist", async () => {
    expect(await complaints({})).toEqual(["environments: Expected at least one <environment>.tfvars but got none"]);
  });
});
