/** What moto lacks is reported before anything is deployed to it, with the variables to switch off. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isMoto, requireSupportedByMoto } from "../../../scripts/aws/terraform/moto-gaps";
import { stackFor } from "../../../scripts/build/stack-for";
import { committed, devWith } from "../../modules/synthesized";

describe("a stack for moto", () => {
  it("is accepted if moto has all of its resources", async () => {
    const environment = await committed("dev");

    expect(() => requireSupportedByMoto({ name: "dev", environment }, stackFor(environment))).not.toThrow();
  });

  it("is refused with every variable that has to be switched off", async () => {
    const environment = await committed("prod");

    expect(() => requireSupportedByMoto({ name: "prod", environment }, stackFor(environment))).toThrow(
      new Error(
        'moto does not support aws_cloudwatch_query_definition, aws_lambda_function_recursion_config, aws_budgets_budget, aws_cloudwatch_composite_alarm, aws_sfn_state_machine, aws_codedeploy_deployment_group of prod: set enable_saved_queries = false, enable_recursion_guard = false, monthly_budget_usd = 0, alarm_routing = "each", enable_backfill = false, enable_codedeploy = false in environments/prod.local.tfvars. Nothing was deployed',
      ),
    );
  });

  it("is accepted after these variables are switched off", async () => {
    const environment = {
      ...(await committed("prod")),
      enable_saved_queries: false,
      enable_recursion_guard: false,
      monthly_budget_usd: 0,
      alarm_routing: "each",
      enable_backfill: false,
      enable_codedeploy: false,
    } as const;

    expect(() => requireSupportedByMoto({ name: "prod", environment }, stackFor(environment))).not.toThrow();
  });

  it("is refused with code signing and a chat channel", async () => {
    const environment = await devWith(`
      code_signing_profile_version_arn = "arn:aws:signer:us-east-1:123456789012:/signing-profiles/photos/abcdefghij"
      slack_workspace_id               = "T0123456789"
      slack_channel_id                 = "C0123456789"
    `);

    expect(() => requireSupportedByMoto({ name: "dev", environment }, stackFor(environment))).toThrow(
      'set code_signing_profile_version_arn = "", slack_workspace_id = "", slack_channel_id = "" in environments/dev.local.tfvars',
    );
  });
});

describe("an endpoint", () => {
  const statusOf = (path: string, status: number) =>
    createServer(({ url }, response) => response.writeHead(url === path ? status : 404).end("{}"));

  it.each([
    ["is moto if it has moto's page about itself", statusOf("/moto-api/data.json", 200), true],
    ["is another emulator if it has none", statusOf("/other", 200), false],
  ])("%s", async (_, server, expected) => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;

    const found = await isMoto(`http://127.0.0.1:${port}`);

    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(found).toBe(expected);
  });
});
