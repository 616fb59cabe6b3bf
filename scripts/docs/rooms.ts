/** The rooms of the project: what each is for, which rooms it may import, and which of its files others may import. */

export interface Room {
  /** Folder or file from the project's root; the longest one that fits a file is its room. */
  readonly path: string;
  readonly purpose: string;
  /** Rooms it may import; its own files are always allowed. */
  readonly imports: readonly string[];
  /** Files that other rooms may import, from the room's folder. */
  readonly entries: readonly string[];
}

/** Every room by its name: add a row. `__tests__/arrows.test.ts` checks each import of the project against it. */
// biome-ignore format: a ledger is read down its columns
export const ROOMS = {
  "main.ts": {
    path: "main.ts",
    purpose: "one stack for each environment file, then synthesis",
    imports: ["modules"],
    entries: [""],
  },
  modules: {
    path: "modules",
    purpose: "the six Terraform modules as classes, their ledgers, and the stack that joins them",
    imports: ["handler/contract"],
    entries: ["alarms.ts", "cost-widget.ts", "environment.ts", "metrics.ts", "naming.ts", "partitions.ts", "prices.ts", "queries.ts", "runbooks.ts", "stack.ts", "release-strategies.ts", "variables.ts", "warnings.ts"],
  },
  "handler/contract": {
    path: "handler/contract",
    purpose: "what the function logs, measures, reads and needs",
    imports: [],
    entries: ["events.ts", "filter-pattern.ts", "metrics.ts", "runtime.ts", "settings.ts", "upload-event.ts"],
  },
  "handler/src": {
    path: "handler/src",
    purpose: "the function: an upload in, its variants out",
    imports: ["handler/contract"],
    entries: ["bmp.ts", "errors.ts", "input.ts", "keys.ts", "process.ts", "logger.ts", "variants.ts"],
  },
  commands: {
    path: "scripts/commands",
    purpose: "one file for each command of package.json: options, one call, output, exit code",
    imports: ["terminal", "build", "cloudwatch", "sandbox", "drill", "trials", "aws", "images", "docs", "modules"],
    entries: [],
  },
  terminal: {
    path: "scripts/terminal",
    purpose: "what commands share: options, errors, exit codes, tables, processes",
    imports: [],
    entries: ["ago.ts", "cli.ts", "interruptible.ts", "log-line.ts", "markdown.ts", "options.ts", "polling.ts", "processes.ts", "progress.ts", "table.ts"],
  },
  build: {
    path: "scripts/build",
    purpose: "handler sources to a zip, environments to stack folders",
    imports: ["terminal", "main.ts", "modules", "handler/contract"],
    entries: ["example-address.ts", "handler-package.ts", "local-stack.ts", "stack-for.ts", "stacks.ts", "synth.ts"],
  },
  cloudwatch: {
    path: "scripts/cloudwatch",
    purpose: "the CloudWatch engine: filter patterns, metrics, metric math, alarms, notifications",
    imports: [],
    entries: ["alarm.ts", "composite-alarm.ts", "embedded-metrics.ts", "filter-pattern.ts", "metric-filter.ts", "metric-math.ts", "metric-store.ts", "missing-data.ts", "not-modelled.ts", "notifications.ts", "tokens.ts", "watch.ts"],
  },
  sandbox: {
    path: "scripts/sandbox",
    purpose: "one machine that behaves like the synthesized stack: reads cdk.tf.json and the zip",
    imports: ["cloudwatch"],
    entries: ["api-call.ts", "blueprint.ts", "damage.ts", "dead-letters.ts", "function-log.ts", "function-package.ts", "lambda.ts", "memory.ts", "s3-events.ts", "sandbox.ts", "storage.ts", "terraform-json.ts"],
  },
  drill: {
    path: "scripts/trials/drill",
    purpose: "makes every alarm fire for its own cause; imports only the sandbox and the engine, so that its reading is independent",
    imports: ["sandbox", "cloudwatch"],
    entries: ["drill.ts", "evidence.ts", "policies.ts", "probes.ts", "report.ts", "result.ts", "scenarios.ts", "structure.ts", "mutation-run.ts", "original-comparison.ts", "slow-probes.ts"],
  },
  trials: {
    path: "scripts/trials",
    purpose: "what is proven on this machine: local run, soak, fuzz, benchmark, rehearsal on an emulator",
    imports: ["terminal", "images", "build", "cloudwatch", "sandbox", "aws", "modules", "handler/contract", "handler/src"],
    entries: [
      "bench/cold.ts", "bench/corpus.ts", "bench/cost.ts", "bench/machine.ts", "bench/paired.ts", "bench/processes.ts", "bench/report.ts", "bench/results.ts", "bench/sweep-report.ts", "bench/sweep.ts", "bench/targets.ts", "bench/throughput.ts",
      "conformance/cases.ts", "conformance/conformance.ts", "drill-samples.ts", "log-samples.ts", "pattern-check.ts", "guide/commands.ts", "soak/run.ts",
      "fuzz/bomb-run.ts", "fuzz/campaign.ts", "fuzz/mutations.ts", "fuzz/report.ts", "fuzz/seeds.ts",
      "local-run/inputs.ts", "local-run/report.ts", "local-run/results.ts", "local-run/run.ts",
      "rehearsal/created.ts", "rehearsal/deploy-round.ts", "rehearsal/deployed.ts", "rehearsal/exercise.ts", "rehearsal/leftovers.ts", "rehearsal/rehearsal-stack.ts", "rehearsal/rehearsal.ts",
    ],
  },
  aws: {
    path: "scripts/aws",
    purpose: "what talks to an account or an emulator: clients, alarms, log, uploads, dead letters, releases, Terraform",
    imports: ["terminal", "build", "cloudwatch", "modules", "handler/contract", "handler/src"],
    entries: [
      "account.ts", "account-alarms.ts", "account-log.ts", "account-uploads.ts", "buckets.ts", "clients.ts", "dead-letters.ts", "load-report.ts", "smoke-outcomes.ts",
      "doctor/check.ts", "doctor/encryption.ts", "doctor/monitoring.ts", "doctor/notifications.ts", "doctor/upload-path.ts", "release/alias.ts", "release/verbs.ts",
      "terraform/cdktf.ts", "terraform/environment-diff/comparison.ts", "terraform/environment-diff/report.ts", "terraform/environment-diff/variables.ts", "terraform/moto-gaps.ts", "terraform/moto.ts", "terraform/plan-summary.ts", "terraform/plan.ts", "terraform/target.ts", "terraform/tools.ts", "terraform/validation.ts", "terraform/working-copy.ts",
    ],
  },
  images: {
    path: "scripts/images",
    purpose: "sample pictures, and writers of unusual files",
    imports: [],
    entries: ["bitmap.ts", "bmp/corpus.ts", "bmp/writer.ts", "landscape.ts", "png.ts", "samples.ts"],
  },
  docs: {
    path: "scripts/docs",
    purpose: "generated tables, runbooks, plots, cost and scale models",
    imports: ["terminal", "build", "trials", "drill", "sandbox", "cloudwatch", "modules", "handler/contract", "handler/src"],
    entries: ["cost/estimate.ts", "cost/light.ts", "cost/report.ts", "cost/usage.ts", "generated.ts", "picture.ts"],
  },
} as const satisfies Record<string, Room>;
