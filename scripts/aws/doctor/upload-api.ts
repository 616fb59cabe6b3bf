/** Checks of `npm run doctor` on the upload API: whether it answers, who may call it, from which pages, and how often. */
import { GetBucketCorsCommand } from "@aws-sdk/client-s3";
import { ROUTES } from "../../../handler/contract/upload-api";
import { burstOf } from "../../../modules/burst-limit";
import type { Environment } from "../../../modules/variables";
import { answerTo, ifFound } from "../account";
import { findBuckets } from "../account-uploads";
import { type Api, emulatorOf, findApi, limitsOf, routesOf } from "../api-gateway";
import { type Check, deploy, type Finding, ok, problem, type Subject } from "./check";

const AUTHORIZATION = { iam: "AWS_IAM", jwt: "JWT", none: "NONE" } as const satisfies Record<
  Environment["upload_api_authorizer"],
  string
>;

/** How the API answers a request without a body, a signature and a token. */
const WITHOUT_CALLER = { iam: 403, jwt: 401, none: 400 } as const;

const TIMEOUT_MS = 10_000;

const same = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join(" ") === [...other].sort().join(" ");

const reachable = async ({ apiEndpoint }: Api, { environment, aws }: Subject): Promise<Finding[]> => {
  // The addresses of an emulator's APIs lead to AWS.
  if ((await emulatorOf(aws)) !== undefined && apiEndpoint.startsWith("https:")) return [];
  const wanted = WITHOUT_CALLER[environment.upload_api_authorizer];
  const request = { method: "POST", signal: AbortSignal.timeout(TIMEOUT_MS) };
  const status = await fetch(`${apiEndpoint}/uploads`, request).then(
    (answer) => `HTTP ${answer.status}`,
    (error: Error) => (error.cause as Error | undefined)?.message ?? error.message,
  );
  return status === `HTTP ${wanted}`
    ? [ok(`${apiEndpoint} answers`)]
    : [
        problem(
          `${apiEndpoint} answers a request without a caller with ${status} instead of HTTP ${wanted}`,
          deploy(environment),
        ),
      ];
};

const callers = async (api: Api, { environment, aws }: Subject): Promise<Finding[]> => {
  const wanted = AUTHORIZATION[environment.upload_api_authorizer];
  const routes = await routesOf(api, environment, aws);
  return Object.values(ROUTES).flatMap((route) => {
    const type = routes.find(({ routeKey }) => routeKey === route)?.authorizationType;
    if (type === wanted) return [];
    return [
      problem(
        `${route} has ${type === undefined ? "no route" : `the authorizer ${type} instead of ${wanted}`}`,
        deploy(environment),
      ),
    ];
  });
};

/** S3 answers a bucket without rules with an error. */
const bucketPages = async ({ environment, aws }: Subject): Promise<Finding[]> => {
  const { upload } = await findBuckets(aws.s3, environment);
  const answer = answerTo("GetBucketCors", aws.s3.send(new GetBucketCorsCommand({ Bucket: upload })));
  const found = ((await ifFound(answer))?.CORSRules ?? []).flatMap(({ AllowedOrigins = [] }) => AllowedOrigins);
  const wanted = environment.upload_api_cors_origins;
  return same(found, wanted)
    ? []
    : [problem(`${upload} accepts forms from ${shown(found)} instead of ${shown(wanted)}`, deploy(environment))];
};

const shown = (origins: readonly string[]): string => origins.join(", ") || "no page";

const pages = ({ corsConfiguration }: Api, { environment }: Subject): Finding[] => {
  const [found, wanted] = [corsConfiguration?.allowOrigins ?? [], environment.upload_api_cors_origins];
  if (same(found, wanted)) return [];
  return [problem(`the API may be called from ${shown(found)} instead of ${shown(wanted)}`, deploy(environment))];
};

const limits = async (api: Api, { environment, aws }: Subject): Promise<Finding[]> => {
  const found = await limitsOf(api, environment, aws);
  const wanted = {
    [ROUTES.issueLink]: environment.upload_api_links_per_second,
    [ROUTES.getImage]: environment.upload_api_reads_per_second,
  };
  return Object.entries(wanted).flatMap(([route, perSecond]) => {
    const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = found[route] ?? {};
    const differing = [
      ...(rate === perSecond ? [] : [`${rate ?? "any number of"} requests per second instead of ${perSecond}`]),
      ...(burst === burstOf(perSecond)
        ? []
        : [`${burst ?? "any number of"} requests at once instead of ${burstOf(perSecond)}`]),
    ];
    return differing.map((what) => problem(`${route} is limited to ${what}`, deploy(environment)));
  });
};

const look = async (subject: Subject): Promise<Finding[]> => {
  const { environment, aws } = subject;
  const api = await findApi(environment, aws);
  const settings = [
    await callers(api, subject),
    pages(api, subject),
    await bucketPages(subject),
    await limits(api, subject),
  ].flat();
  const right = `its authorizer is ${environment.upload_api_authorizer}; CORS, also of the bucket, and limits are as configured`;
  return [...(await reachable(api, subject)), ...(settings.length === 0 ? [ok(right)] : settings)];
};

export const UPLOAD_API_CHECKS: readonly Check[] = [
  { name: "upload API", appliesTo: ({ enable_upload_api: isOn }) => isOn, look },
];
