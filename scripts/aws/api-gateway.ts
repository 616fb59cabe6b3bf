/**
 * Reads an HTTP API of an account with signed requests, because the project has no SDK client for API Gateway.
 * https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/
 */
import { z } from "zod";
import { naming } from "../../modules/naming";
import { dnsSuffixOf } from "../../modules/partitions";
import type { Environment } from "../../modules/variables";
import { answerTo, NotDeployed } from "./account";
import type { Clients } from "./clients";
import { signedHeaders } from "./signed-fetch";

const API = z.object({
  apiId: z.string(),
  name: z.string(),
  apiEndpoint: z.string(),
  corsConfiguration: z.object({ allowOrigins: z.array(z.string()).default([]) }).optional(),
});

const APIS = z.object({ items: z.array(API).default([]) });

const ROUTES = z.object({
  items: z.array(z.object({ routeKey: z.string(), authorizationType: z.string().default("NONE") })).default([]),
});

const STAGE = z.object({
  routeSettings: z
    .record(
      z.string(),
      z.object({ throttlingRateLimit: z.number().optional(), throttlingBurstLimit: z.number().optional() }),
    )
    .default({}),
});

/** An HTTP API, as the account has it. */
export type Api = z.infer<typeof API>;

/** @returns the address of an emulator; undefined for AWS itself */
export const emulatorOf = async ({ lambda }: Clients): Promise<string | undefined> => {
  const endpoint = await lambda.config.endpoint?.();
  return (
    endpoint && `${endpoint.protocol}//${endpoint.hostname}${endpoint.port === undefined ? "" : `:${endpoint.port}`}`
  );
};

/** Like an SDK client, it takes an endpoint from the shell: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const get = async (
  operation: string,
  path: string,
  { aws_region: region }: Environment,
  aws: Clients,
): Promise<unknown> => {
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_APIGATEWAYV2 = AWS_ENDPOINT_URL } = process.env;
  const base =
    (await emulatorOf(aws)) ?? AWS_ENDPOINT_URL_APIGATEWAYV2 ?? `https://apigateway.${region}.${dnsSuffixOf(region)}`;
  const url = `${base}${path}`;
  const credentials = await answerTo("the credentials", aws.s3.config.credentials());
  const headers = await signedHeaders("GET", url, undefined, { service: "apigateway", region, credentials });
  const answer = await answerTo(operation, fetch(url, { headers }));
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  throw new Error(
    `Expected an answer to ${operation} but got HTTP ${answer.status} ${text.replaceAll(/\s+/g, " ").slice(0, 200)}`,
  );
};

/** @throws NotDeployed if the account has no API with the environment's name */
export const findApi = async (environment: Environment, aws: Clients): Promise<Api> => {
  const { apiName } = naming(environment).uploads;
  const { items } = APIS.parse(await get("GetApis", "/v2/apis?maxResults=1000", environment, aws));
  const found = items.find(({ name }) => name === apiName);
  if (found === undefined) throw new NotDeployed(environment, `API ${apiName}`);
  return found;
};

/** @returns who may call each route */
export const routesOf = async ({ apiId }: Api, environment: Environment, aws: Clients) =>
  ROUTES.parse(await get("GetRoutes", `/v2/apis/${apiId}/routes`, environment, aws)).items;

/** @returns the limits of each route */
export const limitsOf = async ({ apiId }: Api, environment: Environment, aws: Clients) =>
  STAGE.parse(await get("GetStage", `/v2/apis/${apiId}/stages/$default`, environment, aws)).routeSettings;
