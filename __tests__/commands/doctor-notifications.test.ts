/** What `npm run doctor` finds about subscriptions, SMS and runbooks. */
import type { Environment } from "../../modules/variables";
import { ok, warning } from "../../scripts/aws/doctor/check";
import {
  recipientsOf,
  runbookFinding,
  type Subscription,
  spendFinding,
  topicFindings,
} from "../../scripts/aws/doctor/notifications";
import { committed, devWith } from "../modules/synthesized";

let dev: Environment;

beforeAll(async () => {
  dev = await committed("dev");
});

describe("subscriptions", () => {
  const ONCALL = { protocol: "email", endpoint: "oncall@example.com" };
  const subscribed = (arn: string, changed: Partial<Subscription> = {}): Subscription => ({
    ...ONCALL,
    arn,
    hasFilterPolicy: false,
    ...changed,
  });
  const ARN = "arn:aws:sns:us-east-1:000000000000:alerts:1";

  // biome-ignore format: a table is read down its columns
  it.each([
    ["PendingConfirmation", "alerts: email o…@example.com is not confirmed and receives nothing"],
    ["Deleted",             "alerts: email o…@example.com was unsubscribed and receives nothing"],
    ["",                    'alerts: email o…@example.com has the unknown state ""'],
  ])("in the state %j are a problem", (arn, what) => {
    expect(topicFindings("alerts", [subscribed(arn)], [ONCALL], dev)).toMatchObject([{ state: "problem", what }]);
  });

  it("are right if every address is confirmed", () => {
    const phone = { protocol: "sms", endpoint: "+15555550100" };

    const findings = topicFindings("alerts", [subscribed(ARN), subscribed(ARN, phone)], [ONCALL, phone], dev);

    expect(findings).toEqual([ok("alerts: email o…@example.com is confirmed"), ok("alerts: sms …0100 is confirmed")]);
  });

  it("with a filter policy are a warning", () => {
    expect(topicFindings("alerts", [subscribed(ARN, { hasFilterPolicy: true })], [ONCALL], dev)).toEqual([
      warning(
        "alerts: email o…@example.com has a filter policy: some notifications do not pass it",
        "npm run deploy -- dev",
      ),
    ]);
  });

  it("are a problem if an address of the variables has none, even if another is subscribed", () => {
    const other = subscribed(ARN, { endpoint: "other@example.com" });

    expect(topicFindings("alerts", [other], [ONCALL], dev).map(({ state, what }) => [state, what])).toEqual([
      ["ok", "alerts: email o…@example.com is confirmed"],
      ["problem", "alerts: email o…@example.com is not subscribed"],
    ]);
  });

  it("are a warning if there are none and no address is set", () => {
    expect(topicFindings("alerts", [], [], dev)).toEqual([
      warning(
        "alerts has no subscription, so its notifications reach no one",
        "set alert_email in environments/dev.local.tfvars and deploy",
      ),
    ]);
  });

  it("are expected for the addresses that the variables set", async () => {
    const environment = await devWith('alert_email = "oncall@example.com"\nalert_sms = "+15555550100"');

    expect((["critical", "log"] as const).map((severity) => recipientsOf(environment, severity))).toEqual([
      [ONCALL, { protocol: "sms", endpoint: "+15555550100" }],
      [ONCALL],
    ]);
  });
});

describe("the spend quota of SMS", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [50, 0,   "ok",      "0.00 of 50 USD are spent on SMS this month"],
    [1,  0,   "warning", "0.00 of 1 USD are spent on SMS this month: SNS stops sending at the limit"],
    [50, 41,  "warning", "41.00 of 50 USD are spent on SMS this month: SNS stops sending at the limit"],
    [1,  1.2, "problem", "1.20 of 1 USD are spent on SMS this month: SNS sends no more"],
  ])("of %d USD with %d spent is %s", (limitUsd, spentUsd, state, what) => {
    expect(spendFinding(limitUsd, spentUsd)).toMatchObject({ state, what });
  });
});

describe("the runbooks", () => {
  const linking = (url: string): Promise<Environment> => devWith(`runbook_base_url = "${url}"`);

  it("are a warning at an example address, which is not asked", async () => {
    const never = () => Promise.reject(new Error("asked"));

    const finding = await runbookFinding(await linking("https://docs.example.com/runbooks"), never);

    expect(finding).toEqual(
      warning(
        "alarms link to https://docs.example.com/runbooks, which is an example address",
        'publish docs/runbooks there, or set runbook_base_url to the right address or to ""',
      ),
    );
  });

  // biome-ignore format: a table is read down its columns
  it.each([
    [200, "ok"],
    [302, "ok"],
    [404, "problem"],
    [500, "problem"],
  ])("that answer with %d are %s", async (status, state) => {
    const asked: string[] = [];
    const answer = async (url: string) => {
      asked.push(url);
      return status;
    };

    const finding = await runbookFinding(await linking("https://wiki.acme.io/runbooks"), answer);

    expect([finding.state, asked]).toEqual([state, ["https://wiki.acme.io/runbooks/timeout-errors.md"]]);
  });

  it("are a warning if the address does not answer, and right without an address", async () => {
    const silent = await runbookFinding(await linking("https://wiki.acme.io"), () => Promise.reject(new Error("no")));

    expect([silent.state, (await runbookFinding(dev)).state]).toEqual(["warning", "ok"]);
  });
});
