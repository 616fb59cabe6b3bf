/**
 * A CloudWatch that keeps alarms and composite alarms for the AWS provider of Terraform, and refuses what CloudWatch refuses:
 * composite alarms on alarms that do not exist, and deleting alarms that a composite alarm names.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** The parameters of the request that created an alarm. */
type Parameters = readonly (readonly [path: string, value: string])[];

/** A value of an answer: a text, or its parts by name. A list has the parts "member.1", "member.2" … */
type Tree = string | Map<string, Tree>;

export interface AlarmService {
  readonly endpoint: string;
  /** Every change in order: "DeleteAlarms high-error-rate". */
  readonly changes: readonly string[];
  stop(): Promise<void>;
}

/** The error that CloudWatch returns for a change that it refuses. */
class Refused extends Error {
  override readonly name = "ValidationError";
}

const treeOf = (parameters: Parameters): Map<string, Tree> => {
  const root = new Map<string, Tree>();
  for (const [path, value] of parameters) {
    // A list is one level: "Metrics.member.1.Id" has the parts Metrics, member.1 and Id.
    const parts = path.split(/\.(?!\d+(?:\.|$))/);
    const last = parts.pop() ?? "";
    let at = root;
    for (const part of parts) {
      const next = at.get(part) ?? new Map<string, Tree>();
      at.set(part, next);
      at = next as Map<string, Tree>;
    }
    at.set(last, value);
  }
  return root;
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const xml = (tree: Tree): string =>
  typeof tree === "string"
    ? escaped(tree)
    : [...tree].map(([name, inner]) => `<${name.split(".")[0]}>${xml(inner)}</${name.split(".")[0]}>`).join("");

/** @returns the names of the alarms in a rule */
const namesIn = (rule: string): string[] =>
  [...rule.matchAll(/ALARM\(["']?([^"')]+)["']?\)/g)].map(([, name = ""]) => name);

const KINDS = { PutMetricAlarm: "MetricAlarms", PutCompositeAlarm: "CompositeAlarms" } as const;

const createAlarms = () => {
  const alarms = { MetricAlarms: new Map<string, Parameters>(), CompositeAlarms: new Map<string, Parameters>() };
  const changes: string[] = [];
  const has = (name: string): boolean => Object.values(alarms).some((kind) => kind.has(name));
  const parameterOf = (parameters: Parameters, wanted: string): string =>
    parameters.find(([path]) => path === wanted)?.[1] ?? "";

  const put = (action: keyof typeof KINDS, parameters: Parameters): void => {
    const name = parameterOf(parameters, "AlarmName");
    const missing = [
      ...namesIn(parameterOf(parameters, "AlarmRule")),
      parameterOf(parameters, "ActionsSuppressor"),
    ].find((each) => each !== "" && !has(each));
    if (missing !== undefined) throw new Refused(`${name} names the alarm ${missing}, which does not exist`);
    changes.push(`${action} ${name}`);
    alarms[KINDS[action]].set(name, parameters);
  };

  const remove = (names: readonly string[]): void => {
    for (const [composite, parameters] of alarms.CompositeAlarms) {
      const named = [...namesIn(parameterOf(parameters, "AlarmRule")), parameterOf(parameters, "ActionsSuppressor")];
      const used = names.find((name) => named.includes(name) && !names.includes(composite));
      if (used !== undefined) throw new Refused(`${used} cannot be deleted: the composite alarm ${composite} names it`);
    }
    for (const name of names) {
      changes.push(`DeleteAlarms ${name}`);
      for (const kind of Object.values(alarms)) kind.delete(name);
    }
  };

  const describe = (names: readonly string[]): string =>
    Object.entries(alarms)
      .map(([kind, all]) => {
        const found = [...all].filter(([name]) => names.includes(name));
        const members = found.map(([name, parameters]) => {
          const tree = treeOf(parameters.filter(([path]) => !path.startsWith("Tags.")));
          tree.set("AlarmArn", `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`);
          return `<member>${xml(tree)}</member>`;
        });
        return `<${kind}>${members.join("")}</${kind}>`;
      })
      .join("");
  return { changes, put, remove, describe };
};

const valuesBelow = (parameters: Parameters, prefix: string): string[] =>
  parameters.filter(([path]) => path.startsWith(prefix)).map(([, value]) => value);

/** Speaks the query protocol: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/making-api-requests.html */
export const startAlarmService = async (): Promise<AlarmService> => {
  const { changes, put, remove, describe } = createAlarms();
  const answerTo = (action: string, parameters: Parameters): string => {
    if (action === "PutMetricAlarm" || action === "PutCompositeAlarm") put(action, parameters);
    if (action === "DeleteAlarms") remove(valuesBelow(parameters, "AlarmNames.member."));
    const content = action === "DescribeAlarms" ? describe(valuesBelow(parameters, "AlarmNames.member.")) : "";
    return `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const all = [...new URLSearchParams(Buffer.concat(chunks).toString())];
    const action = all.find(([name]) => name === "Action")?.[1] ?? "";
    const parameters = all.filter(([name]) => name !== "Action" && name !== "Version");
    response.setHeader("content-type", "text/xml");
    try {
      response.end(answerTo(action, parameters));
    } catch (error) {
      const { name, message } = error as Error;
      response.statusCode = 400;
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
      );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint: `http://127.0.0.1:${port}`, changes, stop };
};
