/** The `moved` blocks that take the state of a stack over into plain Terraform. */
import { flatAddress } from "../../../scripts/aws/terraform/plain-addresses";
import { movedBlocks } from "../../../scripts/docs/terraform/moved";
import { devWith, synthesized } from "../../modules/synthesized";

const addressesOf = (resource: Record<string, object>): string[] =>
  Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));

const movesIn = (text: string): [from: string, to: string][] =>
  [...text.matchAll(/from = (.*)\n {2}to {3}= (.*)\n/g)].map(([, from = "", to = ""]) => [from, to]);

/** They have the same address in both forms. */
const OF_ROOT = ["aws_lambda_permission.upload_permission", "aws_s3_bucket_notification.upload_notification"];

describe("the moved blocks", () => {
  it("move each resource of a stack to its own address in plain Terraform", async () => {
    const environment = await devWith(`
      alert_email              = "operator@example.com"
      additional_alert_emails  = ["one@example.com", "two@example.com"]
      alert_sms                = "+15555550100"
      enable_dead_letter_queue = true
      enable_kms_key           = true
      enable_release_alias     = true
      enable_codedeploy        = true
      enable_saved_queries     = true
      monthly_budget_usd       = 20
      slack_workspace_id       = "T0123456789"
      slack_channel_id         = "C0123456789"
      enable_metadata_table    = true
      enable_upload_api        = true
      enable_backfill          = true
    `);

    const moves = movesIn(movedBlocks(environment));

    const all = addressesOf(synthesized(environment).resource);
    expect(moves.map(([from]) => from).sort()).toEqual(all.filter((address) => !OF_ROOT.includes(address)).sort());
    expect(moves.map(([, to]) => flatAddress(to))).toEqual(moves.map(([from]) => from));
  });

  it("say what plain Terraform has not", async () => {
    const environment = { ...(await devWith("")), regions: ["us-east-1", "eu-west-1"], enable_replication: true };

    const named = [...movedBlocks(environment).matchAll(/^# Plain Terraform has no (\S+): .* state rm (\S+)\.$/gm)];

    expect(named.map(([, missing, kept]) => missing === kept)).not.toContain(false);
    expect(named.flatMap(([, address]) => address ?? []).sort()).toEqual(
      addressesOf(synthesized(environment).resource)
        .filter((address) => /_(replica|originals|replication)/.test(address))
        .sort(),
    );
    expect(named.length).toBeGreaterThan(10);
  });
});
