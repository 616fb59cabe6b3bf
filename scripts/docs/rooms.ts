/** The rooms of the project: the purpose of each, the rooms that it may import, and its public files. */

export interface Room {
  /** Folder or file, from the project's root. A file belongs to the room with the longest matching path. */
  readonly path: string;
  readonly purpose: string;
  /** Rooms that it may import. Files of the same room may always import each other. */
  readonly imports: readonly string[];
  /** Public files, from the room's folder: other rooms may import only these. */
  readonly entries: readonly string[];
}

/** Every room: add a row. `__tests__/arrows.test.ts` checks each import of the project against it. */
// biome-ignore format: a ledger is read down its columns
export const ROOMS = {
  "main.ts": {
    path: "main.ts",
    purpose: "Synthesizes one stack for each environment file.",
    imports: ["modules"],
    entries: [""],
  },
  modules: {
    path: "modules",
    purpose: "The Terraform modules as classes, their ledgers, and the stack that joins them.",
    imports: ["handler/contract"],
    entries: ["alarm-config.ts", "alarm-rows.ts", "alarm-types.ts", "alarms.ts", "backfill-limits.ts", "backfill.ts", "backfill_handler.ts", "burst-limit.ts", "chat_channel.ts", "checks.ts", "cloudwatch_alarms.ts", "cloudwatch_metrics.ts", "codedeploy.ts", "cost-widget.ts", "cost_budget.ts", "dead_letter_queue.ts", "encryption_key.ts", "environment.ts", "example-address.ts", "image_processor.ts", "inputs/backfill.ts", "inputs/cloudwatch_alarms.ts", "inputs/image_processor.ts", "inputs/inputs.ts", "inputs/lambda_function.ts", "inputs/log_alerts.ts", "inputs/modules.ts", "inputs/s3_buckets.ts", "inputs/upload_api.ts", "lambda_function.ts", "log_alerts.ts", "metadata_table.ts", "metrics.ts", "naming.ts", "original-outputs.ts", "partitions.ts", "prices.ts", "queries.ts", "release-strategies.ts", "runbook-facts.ts", "runbooks.ts", "s3_buckets.ts", "sns_notifications.ts", "spelling.ts", "stack-inputs.ts", "stack-outputs.ts", "stack.ts", "traffic.ts", "upload_api.ts", "upload_handler.ts", "variables.ts", "warnings.ts"],
  },
  "handler/contract": {
    path: "handler/contract",
    purpose: "What the function logs, measures, reads and needs: the vocabulary of everything else.",
    imports: [],
    entries: ["backfill.ts", "efforts.ts", "events.ts", "filter-pattern.ts", "metrics.ts", "records.ts", "runtime.ts", "settings.ts", "upload-api.ts", "upload-event.ts", "variants.ts"],
  },
  "handler/src": {
    path: "handler/src",
    purpose: "The Lambda function: makes variants from an upload.",
    imports: ["handler/contract"],
    entries: ["bmp.ts", "decode.ts", "encoders.ts", "errors.ts", "input.ts", "keys.ts", "overlap.ts", "photo-png.ts", "process.ts", "logger.ts", "memory.ts", "storage.ts", "tiff-kinds.ts"],
  },
  commands: {
    path: "scripts/commands",
    purpose: "One file for each command of `package.json`: options, one call, output, exit code.",
    imports: ["terminal", "build", "cloudformation", "cloudwatch", "sandbox", "drill", "month", "console", "trials", "aws", "images", "docs", "modules"],
    entries: [],
  },
  terminal: {
    path: "scripts/terminal",
    purpose: "What commands share: options, errors, exit codes, tables, processes.",
    imports: [],
    entries: ["ago.ts", "browser.ts", "cli.ts", "findings.ts", "interruptible.ts", "log-line.ts", "markdown.ts", "open-link.ts", "options.ts", "polling.ts", "processes.ts", "progress.ts", "prompt.ts", "run-typescript.ts", "table.ts"],
  },
  build: {
    path: "scripts/build",
    purpose: "Builds the Lambda package and synthesizes stacks.",
    imports: ["terminal", "main.ts", "modules", "handler/contract"],
    entries: ["environments.ts", "handler-package.ts", "local-stack.ts", "stack-for.ts", "stacks.ts", "synth.ts"],
  },
  cloudformation: {
    path: "scripts/cloudformation",
    purpose: "Writes a synthesized stack as a CloudFormation template; reads only `cdk.tf.json` and the packages.",
    imports: ["terminal"],
    entries: ["files.ts", "lint.ts", "types.ts"],
  },
  cloudwatch: {
    path: "scripts/cloudwatch",
    purpose: "A local CloudWatch: filter patterns, metrics, metric math, alarms, notifications.",
    imports: [],
    entries: ["alarm-rule.ts", "alarm.ts", "delivery.ts", "composite-alarm.ts", "embedded-metrics.ts", "filter-pattern.ts", "metric-filter.ts", "metric-math.ts", "metric-queries.ts", "metric-store.ts", "missing-data.ts", "not-modelled.ts", "notifications.ts", "statistics.ts", "tokens.ts", "watch.ts"],
  },
  sandbox: {
    path: "scripts/sandbox",
    purpose: "Runs a synthesized stack on this machine; reads only `cdk.tf.json`, or `template.json`, and the package.",
    imports: ["cloudwatch"],
    entries: ["api-call.ts", "api-client.ts", "blueprint.ts", "clock.ts", "damage.ts", "dead-letters.ts", "executions.ts", "function-log.ts", "function-package.ts", "lambda.ts", "memory.ts", "read-stack.ts", "s3-events.ts", "sandbox.ts", "sent.ts", "storage.ts", "table.ts", "terraform-json.ts"],
  },
  faults: {
    path: "scripts/faults",
    purpose: "What can be broken in a sandbox: refused and slow calls, wrong settings, odd files.",
    imports: ["sandbox"],
    entries: ["calls.ts", "fault.ts", "faults.ts", "pictures.ts"],
  },
  drill: {
    path: "scripts/trials/drill",
    purpose: "Makes every alarm fire for its own cause. Its reading of the stack stays independent of the modules.",
    imports: ["sandbox", "cloudwatch", "faults"],
    entries: ["causes.ts", "control.ts", "drill.ts", "evidence.ts", "foreign.ts", "incident-scenarios.ts", "recorded-run.ts", "policies.ts", "probes.ts", "report.ts", "result.ts", "same-blueprint.ts", "scenarios.ts", "structure.ts", "mutation-run.ts", "original-comparison.ts", "slow-probes.ts"],
  },
  month: {
    path: "scripts/trials/month",
    purpose: "Plays months of uploads and faults against the alarms of a stack. Like the drill, it reads only the stack and the package.",
    imports: ["drill", "faults", "sandbox", "cloudwatch"],
    entries: ["episodes.ts", "judge.ts", "outcomes.ts", "report.ts", "results.ts", "run.ts", "targets.ts"],
  },
  trials: {
    path: "scripts/trials",
    purpose: "What is proven on this machine: local run, soak, fuzz, benchmark, rehearsal on an emulator.",
    imports: ["terminal", "images", "build", "cloudwatch", "sandbox", "faults", "aws", "modules", "handler/contract", "handler/src"],
    entries: [
      "bench/cold.ts", "bench/console-start.ts", "bench/corpus.ts", "bench/cost.ts", "bench/efforts.ts", "bench/formats.ts", "bench/lean.ts", "bench/machine.ts", "bench/overlap.ts", "bench/paired.ts", "bench/photos-report.ts", "bench/photos.ts", "bench/processes.ts", "bench/report.ts", "bench/results.ts", "bench/sweep-report.ts", "bench/sweep.ts", "bench/targets.ts", "bench/throughput.ts", "bench/worst-files.ts", "bench/worst-memory.ts",
      "conformance/cases.ts", "conformance/conformance.ts", "drill-samples.ts", "fork.ts", "log-samples.ts", "pattern-check.ts", "guide/commands.ts", "soak/backfill.ts", "soak/run.ts",
      "fuzz/bomb-run.ts", "fuzz/campaign.ts", "fuzz/mutations.ts", "fuzz/report.ts", "fuzz/seeds.ts",
      "local-run/inputs.ts", "local-run/report.ts", "local-run/results.ts", "local-run/run.ts",
      "rehearsal/created.ts", "rehearsal/deploy-round.ts", "rehearsal/deployed.ts", "rehearsal/exercise.ts", "rehearsal/leftovers.ts", "rehearsal/plain-examples.ts", "rehearsal/rehearsal-stack.ts", "rehearsal/rehearsal.ts", "rehearsal/upgrade.ts",
    ],
  },
  console: {
    path: "scripts/console",
    purpose: "The browser console of `npm start`: its server, and the page.",
    imports: ["sandbox", "cloudwatch", "faults", "build", "terminal"],
    entries: ["server.ts"],
  },
  aws: {
    path: "scripts/aws",
    purpose: "Uses an AWS account or an emulator: clients, alarms, log, uploads, dead-letter queue, releases, Terraform.",
    imports: ["terminal", "build", "cloudwatch", "modules", "handler/contract", "handler/src"],
    entries: [
      "account.ts", "account-alarms.ts", "account-log.ts", "account-uploads.ts", "api-gateway.ts", "backfill/objects.ts", "backfill/runs.ts", "backfill/service.ts", "buckets.ts", "clients.ts", "dead-letters.ts", "load-report.ts", "local-run.ts", "protection.ts", "records.ts", "sample-uploads.ts", "smoke-outcomes.ts", "upload-client.ts",
      "doctor/backfill.ts", "doctor/check.ts", "doctor/encryption.ts", "doctor/monitoring.ts", "doctor/notifications.ts", "doctor/records.ts", "doctor/upload-api.ts", "doctor/upload-path.ts", "release/alias.ts", "release/samples.ts", "release/verbs.ts",
      "terraform/alarm-order.ts", "terraform/apply.ts", "terraform/environment-diff/comparison.ts", "terraform/environment-diff/report.ts", "terraform/environment-diff/variables.ts", "terraform/moto-gaps.ts", "terraform/moto.ts", "terraform/plain-addresses.ts", "terraform/plain-variables.ts", "terraform/plain-variants.ts", "terraform/plan-summary.ts", "terraform/plan.ts", "terraform/provider-server.ts", "terraform/sameness.ts", "terraform/saved-plan.ts", "terraform/state.ts", "terraform/target.ts", "terraform/tools.ts", "terraform/validation.ts", "terraform/working-copy.ts",
    ],
  },
  images: {
    path: "scripts/images",
    purpose: "Sample pictures, and writers of unusual files.",
    imports: [],
    entries: ["bitmap.ts", "bmp/corpus.ts", "bmp/writer.ts", "landscape.ts", "png.ts", "samples.ts"],
  },
  docs: {
    path: "scripts/docs",
    purpose: "Generated parts of the documents, runbooks, plots, cost and scale models, and plain Terraform.",
    imports: ["main.ts", "terminal", "build", "cloudformation", "trials", "drill", "month", "sandbox", "cloudwatch", "modules", "handler/contract", "handler/src"],
    entries: ["cost/backfill.ts", "cost/estimate.ts", "cost/light.ts", "cost/report.ts", "cost/usage.ts", "cost/variant-costs.ts", "generated.ts", "picture.ts", "runbooks.ts", "terraform/files.ts", "terraform/module-pairs.ts", "terraform/moved.ts"],
  },
} as const satisfies Record<string, Room>;
