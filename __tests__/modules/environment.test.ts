/** tfvars files: values and fallbacks. */
import { DEFAULT_EFFORT } from "../../handler/contract/efforts";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { readEnvironments } from "../../modules/environment";
import { VARIABLES } from "../../modules/variables";
import { committed, devWith, environmentsOf } from "./synthesized";

const DEFAULTS = {
  aws_region: "us-east-1",
  regions: [],
  enable_replication: false,
  environment: "dev",
  project_name: "image-processor",
  protected: false,
  permissions_boundary_arn: "",
  extra_tags: {},
  lambda_runtime: "nodejs22.x",
  lambda_architecture: "arm64",
  lambda_timeout: 60,
  lambda_memory_size: 1024,
  enable_xray_tracing: false,
  reserved_concurrent_executions: -1,
  code_signing_profile_version_arn: "",
  enable_recursion_guard: false,
  vpc_subnet_ids: [],
  vpc_security_group_ids: [],
  enable_release_alias: false,
  enable_codedeploy: false,
  release_strategy: "AllAtOnce",
  release_error_threshold: 1,
  lambda_retry_attempts: 2,
  lambda_max_event_age_seconds: 21_600,
  enable_dead_letter_queue: false,
  log_level: "INFO",
  log_retention_days: 7,
  existing_log_group_name: "",
  enable_s3_versioning: true,
  upload_bucket_name: "",
  processed_bucket_name: "",
  processed_transition_days: 0,
  processed_transition_class: "STANDARD_IA",
  processed_expiration_days: 0,
  existing_upload_bucket_name: "",
  existing_processed_bucket_name: "",
  enable_s3_access_logging: false,
  s3_access_log_days: 90,
  enable_kms_key: false,
  existing_kms_key_arn: "",
  large_image_bytes: 10_485_760,
  max_image_bytes: 104_857_600,
  max_image_pixels: 100_000_000,
  max_image_side_px: 65_535,
  max_image_frames: 1_000,
  variants: DEFAULT_VARIANTS,
  keep_smaller_original: true,
  keep_copyright: false,
  enable_manifest: false,
  cache_control: "public, max-age=86400",
  variant_tags: {},
  encoder_effort: DEFAULT_EFFORT,
  delete_variants_with_upload: false,
  metric_namespace: "ImageProcessor/Lambda",
  metrics_transport: "put_metric_data",
  refusal_log_level: "ERROR",
  uploads_per_month: 1_000_000,
  alarm_routing: "each",
  alert_email: "",
  critical_alert_email: "",
  performance_alert_email: "",
  log_alert_email: "",
  additional_alert_emails: [],
  additional_critical_alert_emails: [],
  additional_performance_alert_emails: [],
  additional_log_alert_emails: [],
  alert_sms: "",
  critical_alert_sms: "",
  critical_alert_https_endpoint: "",
  slack_workspace_id: "",
  slack_channel_id: "",
  existing_critical_alerts_topic_arn: "",
  existing_performance_alerts_topic_arn: "",
  existing_log_alerts_topic_arn: "",
  enable_cloudwatch_dashboard: true,
  enable_cost_widget: false,
  enable_no_invocation_alarm: false,
  enable_async_alarms: false,
  enable_memory_alarm: false,
  enable_metadata_table: false,
  enable_upload_api: false,
  upload_api_authorizer: "iam",
  upload_api_public: false,
  upload_api_jwt_issuer: "",
  upload_api_jwt_audience: [],
  upload_api_cors_origins: [],
  upload_api_links_per_second: 50,
  upload_api_reads_per_second: 200,
  enable_backfill: false,
  backfill_max_concurrency: 10,
  backfill_batch_size: 10,
  backfill_slowest_image_seconds: 6,
  backfill_tolerated_failure_percent: 5,
  backfill_max_hours: 72,
  backfill_keep_days: 30,
  backfill_min_failures: 10,
  backfill_failure_threshold_percent: 5,
  table_throttle_threshold: 10,
  table_error_threshold: 3,
  upload_api_min_requests: 20,
  upload_api_error_threshold_percent: 20,
  upload_api_refusal_threshold_percent: 50,
  upload_api_latency_threshold_ms: 3_000,
  links_unused_min_count: 20,
  links_unused_threshold_percent: 50,
  event_age_threshold_ms: 600_000,
  memory_threshold_percent: 90,
  enable_saved_queries: false,
  runbook_base_url: "",
  error_threshold: 3,
  duration_threshold_ms: 45_000,
  throttle_threshold: 5,
  concurrent_executions_threshold: 50,
  log_error_threshold: 1,
  success_rate_threshold_percent: 90,
  success_rate_min_samples: 5,
  release_error_threshold_percent: 5,
  release_error_min_failures: 2,
  image_error_threshold: 3,
  image_error_threshold_percent: 10,
  slo_target_percent: 99.9,
  slo_min_failures: 3,
  slo_seconds: 300,
  error_rate_threshold_percent: 20,
  error_rate_extra_failures: 4,
  outage_min_failures: 5,
  limits_window_seconds: 600,
  error_rate_hold_periods: 9,
  slo_sure_failures: 54,
  throttled_period_seconds: 240,
  throttled_datapoints: 4,
  throttled_periods: 4,
  waiting_hold_periods: 5,
  error_rate_min_failures: 7,
  error_rate_window_seconds: 420,
  recovery_window_seconds: 720,
  waiting_min_throttles: 25,
  waiting_window_seconds: 720,
  lost_images_threshold: 3,
  lost_images_window_seconds: 900,
  silence_periods: 3,
  refused_rate_threshold_percent: 5,
  refused_min_count: 8,
  refused_window_seconds: 3_600,
  large_images_threshold: 5,
  cost_center: "",
  owner: "",
  monthly_budget_usd: 0,
  state_bucket: "",
  state_key: "",
  state_region: "us-east-1",
};

describe("an environment", () => {
  it("has all variables when its file is empty", async () => {
    const environment = await devWith("");

    expect(environment).toEqual(DEFAULTS);
    expect(Object.keys(environment)).toEqual(Object.keys(VARIABLES));
  });

  it.each([
    ["dev", {}],
    [
      "staging",
      {
        protected: true,
        alarm_routing: "incident",
        refusal_log_level: "WARN",
        lambda_memory_size: 1769,
        log_retention_days: 14,
        metric_namespace: "ImageProcessor/Lambda/staging",
        lambda_max_event_age_seconds: 3600,
        enable_dead_letter_queue: true,
        enable_async_alarms: true,
        enable_memory_alarm: true,
        enable_saved_queries: true,
      },
    ],
    [
      "prod",
      {
        protected: true,
        alarm_routing: "incident",
        refusal_log_level: "WARN",
        lambda_memory_size: 1769,
        log_retention_days: 30,
        metric_namespace: "ImageProcessor/Lambda/prod",
        metrics_transport: "emf",
        enable_no_invocation_alarm: true,
        lambda_max_event_age_seconds: 3600,
        enable_dead_letter_queue: true,
        enable_async_alarms: true,
        enable_metadata_table: true,
        enable_upload_api: true,
        enable_backfill: true,
        enable_memory_alarm: true,
        enable_saved_queries: true,
        runbook_base_url: "https://example.com/image-processor/runbooks",
        cost_center: "images",
        owner: "platform",
        monthly_budget_usd: 200,
        enable_cost_widget: true,
        enable_kms_key: true,
        enable_s3_access_logging: true,
        enable_xray_tracing: true,
        enable_release_alias: true,
        enable_codedeploy: true,
        release_strategy: "Canary10Percent10Minutes",
        reserved_concurrent_executions: 100,
        enable_recursion_guard: true,
      },
    ],
  ])("named %s differs from the defaults only in these variables", async (name, differences) => {
    const environment = await committed(name);

    expect(environment).toEqual({ ...DEFAULTS, environment: name, ...differences });
  });

  it("uses alert_email for every severity without its own address", async () => {
    const environment = await devWith(`
      alert_email     = "operator@example.com"
      log_alert_email = "log@example.com"
      alert_sms       = "+15555550100"
    `);

    expect(environment).toMatchObject({
      critical_alert_email: "operator@example.com",
      performance_alert_email: "operator@example.com",
      log_alert_email: "log@example.com",
      critical_alert_sms: "+15555550100",
    });
  });

  it("is protected by default unless it is dev", async () => {
    const files = { "dev.tfvars": "", "live.tfvars": "", "scratch.tfvars": "protected = false" };

    const environments = await readEnvironments(environmentsOf(files), {});

    expect(environments.map(({ environment, protected: isProtected }) => [environment, isProtected])).toEqual([
      ["dev", false],
      ["live", true],
      ["scratch", false],
    ]);
  });

  it("has no subscriber for a severity whose address is empty", async () => {
    const environment = await devWith('alert_email = "operator@example.com"\nlog_alert_email = ""');

    expect(environment).toMatchObject({ critical_alert_email: "operator@example.com", log_alert_email: "" });
  });

  it("prefers the local file, then the committed file, then the shell, then the default", async () => {
    const files = {
      "dev.tfvars": 'lambda_timeout = 61\nlog_level = "ERROR"',
      "dev.local.tfvars": "lambda_timeout = 62",
    };
    const shell = { TF_VAR_lambda_timeout: "63", TF_VAR_log_level: "DEBUG", TF_VAR_lambda_memory_size: "512" };

    const [environment] = await readEnvironments(environmentsOf(files), shell);

    expect(environment).toEqual({ ...DEFAULTS, lambda_timeout: 62, log_level: "ERROR", lambda_memory_size: 512 });
  });

  it("treats null as unset", async () => {
    const environment = await devWith("lambda_timeout = null\nlambda_memory_size = null", {
      TF_VAR_lambda_timeout: "9",
      TF_VAR_duration_threshold_ms: "8000",
    });

    expect(environment).toMatchObject({ lambda_timeout: 9, lambda_memory_size: 1024 });
  });

  it("reads strings from the shell as plain text, and other types as literals", async () => {
    const environment = await devWith("", {
      TF_VAR_metric_namespace: "2026",
      TF_VAR_success_rate_threshold_percent: "99.5",
      TF_VAR_enable_s3_versioning: "false",
    });

    expect(environment).toMatchObject({
      metric_namespace: "2026",
      success_rate_threshold_percent: 99.5,
      enable_s3_versioning: false,
    });
  });

  it("exists for each file, sorted by name", async () => {
    const files = { "qa.tfvars": "", "dev.tfvars": "", "dev.local.tfvars": "", "notes.txt": "" };

    const environments = await readEnvironments(environmentsOf(files), {});

    expect(environments.map(({ environment }) => environment)).toEqual(["dev", "qa"]);
  });
});
