/** A Lambda, CodeDeploy and CloudWatch server with the calls that a release makes, for the tests of `npm run release`. */
import { startAwsJson } from "./aws-json";

interface Alias {
  readonly FunctionVersion: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights?: Readonly<Record<string, number>> };
  readonly Description?: string;
}

interface Behaviour {
  /** Full names of the alarms in ALARM, by the number of reads before. @default none */
  readonly inAlarm?: (reads: number) => readonly string[];
  /** States of a deployment, one after the other. @default it succeeds at once */
  readonly statuses?: readonly string[];
}

/** @param versions that are published, beside $LATEST */
export const startLambda = async (first: Alias, versions: readonly string[], behaviour: Behaviour = {}) => {
  const { inAlarm = () => [], statuses = ["Succeeded"] } = behaviour;
  let alias: Alias = first;
  const shares: string[] = [];
  let reads = 0;
  let deployments: string[] = [];
  let asked = 0;
  const share = ({ FunctionVersion, RoutingConfig }: Alias): string =>
    [FunctionVersion, ...Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {}).flat()].join(" ");
  const aliases = "/2015-03-31/functions/image-processor-prod-processor/aliases/live";

  const server = await startAwsJson({
    [`GET ${aliases}`]: () => ({ Name: "live", ...alias }),
    [`PUT ${aliases}`]: (input) => {
      alias = { ...alias, ...input };
      shares.push(share(alias));
      return alias;
    },
    "GET /2015-03-31/functions/image-processor-prod-processor/versions": () => ({
      Versions: ["$LATEST", ...versions].map((Version) => ({ Version })),
    }),
    DescribeAlarms: ({ AlarmNames }) => {
      const names = inAlarm(reads);
      reads += 1;
      return {
        MetricAlarms: (AlarmNames as string[]).map((AlarmName) => ({
          AlarmName,
          StateValue: names.includes(AlarmName) ? "ALARM" : "OK",
        })),
      };
    },
    CreateDeployment: () => {
      deployments = ["d-EXAMPLE"];
      return { deploymentId: "d-EXAMPLE" };
    },
    ListDeployments: () => ({ deployments }),
    GetDeployment: () => {
      const status = statuses[Math.min(asked, statuses.length - 1)] ?? "";
      asked += 1;
      // CodeDeploy moves the alias itself.
      const [, to = ""] = versions;
      if (status === "Succeeded") alias = { ...alias, FunctionVersion: to, RoutingConfig: {} };
      if (status === "Stopped") alias = { ...alias, RoutingConfig: {} };
      return {
        deploymentInfo: {
          deploymentId: "d-EXAMPLE",
          status,
          ...(status === "Stopped" && { rollbackInfo: { rollbackMessage: "An alarm is in ALARM." } }),
        },
      };
    },
    StopDeployment: () => ({ status: "Pending" }),
  });
  return {
    ...server,
    /** The alias after each change: its version, and another version with its weight. */
    shares,
    alias: () => alias,
    begin: () => {
      deployments = ["d-EXAMPLE"];
    },
  };
};
