/** The CloudWatch to which `npm run validate` applies alarms: what it keeps, and what it refuses as CloudWatch does. */
import { type AlarmService, startAlarmService } from "../../../scripts/aws/terraform/alarm-service";

let service: AlarmService;

beforeEach(async () => {
  service = await startAlarmService();
});

afterEach(() => service.stop());

const call = async (Action: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
  const body = new URLSearchParams({ Action, Version: "2010-08-01", ...parameters });
  const response = await fetch(service.endpoint, { method: "POST", body });
  return `${response.status} ${await response.text()}`;
};

const put = (AlarmName: string) => call("PutMetricAlarm", { AlarmName });

const remove = (name: string) => call("DeleteAlarms", { "AlarmNames.member.1": name });

it("deletes no alarm that a composite alarm names, in its rule or as its suppressor", async () => {
  for (const name of ["high", "low", "page"]) await put(name);
  await call("PutCompositeAlarm", {
    AlarmName: "both",
    AlarmRule: "ALARM(high) OR ALARM(low)",
    ActionsSuppressor: "page",
  });

  expect(await remove("low")).toContain("400 <ErrorResponse>");
  expect(await remove("page")).toContain("page cannot be deleted: the composite alarm both names it");
  await call("PutCompositeAlarm", { AlarmName: "both", AlarmRule: "ALARM(high)" });

  expect([await remove("low"), await remove("page")].map((answer) => answer.slice(0, 3))).toEqual(["200", "200"]);
  expect(service.changes.slice(-2)).toEqual(["DeleteAlarms low", "DeleteAlarms page"]);
});

it("refuses a composite alarm on an alarm that does not exist", async () => {
  await put("high");

  const answer = await call("PutCompositeAlarm", {
    AlarmName: "both",
    AlarmRule: 'ALARM("high") AND NOT ALARM("low")',
  });

  expect(answer).toContain("both names the alarm low, which does not exist");
  expect(service.changes).toEqual(["PutMetricAlarm high"]);
});

it("describes an alarm with the parameters that created it", async () => {
  await call("PutMetricAlarm", { AlarmName: "high", "Dimensions.member.1.Name": "A<B", "Metrics.member.1.Id": "f" });

  const answer = await call("DescribeAlarms", { "AlarmNames.member.1": "high" });

  expect(answer).toContain(
    "<MetricAlarms><member><AlarmName>high</AlarmName><Dimensions><member><Name>A&lt;B</Name></member></Dimensions><Metrics><member><Id>f</Id></member></Metrics><AlarmArn>",
  );
});
