/** Inputs of the module `upload_api`. */
import { z } from "zod";
import { choice, text, whole } from "../checks";
import type { Inputs } from "./inputs";

const API_NAME = text("an API name of up to 128 characters", /^[\w .-]{1,128}$/);
const FUNCTION_NAME = text("a function name: up to 64 letters, digits, - and _", /^[\w-]{1,64}$/);
const INVOKE_ARN = text("the invoke ARN of a Lambda function", /^arn:aws[\w-]*:apigateway:\S+$/);
const BUCKET_NAME = text("a bucket name", /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const ISSUER = text('an address that starts with https://, or ""', /^(https:\/\/[^\s"/]+(\/[^\s"]*)?)?$/);
const AUDIENCE = { what: "a list of audiences", check: z.array(z.string().regex(/^\S+$/)) };
const ORIGINS = {
  what: 'a list of origins such as "https://example.com", or ["*"]',
  check: z.array(z.string().regex(/^(\*|https?:\/\/[a-z0-9.-]+(:\d+)?)$/)),
};
const RATE = whole(1, 10_000, "requests per second");

/** Settings that an environment has, too, with `upload_api_` in front. */
// biome-ignore format: a ledger is read down its columns
export const UPLOAD_API_VALUES = {
  authorizer:       { ...choice("iam", "jwt", "none"), default: "iam", description: "Who may call the API. `iam`: callers that sign with AWS credentials and have `execute-api:Invoke`. `jwt`: callers with a token of jwt_issuer. `none`: everyone." },
  jwt_issuer:       { ...ISSUER,   default: "",  description: "Issuer of the tokens, for the authorizer `jwt`: the address before `/.well-known/openid-configuration`." },
  jwt_audience:     { ...AUDIENCE, default: [],  description: "Audiences of which a token must have one, for the authorizer `jwt`." },
  cors_origins:     { ...ORIGINS,  default: [],  description: "Origins of web pages that may call the API and upload to the bucket from a browser." },
  links_per_second: { ...RATE,     default: 50,  description: "Upload links that the API issues per second, for all callers together. Further requests get status 429." },
  reads_per_second: { ...RATE,     default: 200, description: "States that the API returns per second, for all callers together. Further requests get status 429." },
} as const satisfies Inputs;

// biome-ignore format: a ledger is read down its columns
export const UPLOAD_API = {
  api_name:            { ...API_NAME,      description: "Name of the HTTP API." },
  function_name:       { ...FUNCTION_NAME, description: "Function that answers the requests." },
  function_invoke_arn: { ...INVOKE_ARN,    description: "ARN with which API Gateway invokes the function." },
  upload_bucket_id:    { ...BUCKET_NAME,   description: "Name of the upload bucket, for its CORS rules." },
  ...UPLOAD_API_VALUES,
} as const satisfies Inputs;
