/** Reads a synthesized stack (Terraform JSON) and resolves its references to the values after `terraform apply`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

type Json = Readonly<Record<string, unknown>>;

interface Resource {
  /** For example `aws_s3_bucket.upload`. */
  readonly address: string;
  /** The requested attributes, with references resolved. */
  readonly body: Json;
}

export interface Stack {
  readonly region: string;
  /** All resources of a type, created or read as a data source, ordered by name. @throws Error for a reference that cannot be resolved. */
  resources(type: string, attributes: readonly string[]): readonly Resource[];
}

/** Placeholder account id. */
export const ACCOUNT_ID = "000000000000";

/** Replaces the random suffix of a name that is given as a prefix. */
export const NAME_END = "local";

/** @param other another attribute of the same resource */
type Computed = (name: string, region: string, other: (attribute: string) => string) => string;

const itself: Computed = (name) => name;
const arn =
  (service: string, kind: string): Computed =>
  (name, region) =>
    `arn:aws:${service}:${region}:${ACCOUNT_ID}:${kind}${name}`;
/** The ARN of an alias contains the function's name. */
const aliasArn: Computed = (name, region, other) =>
  `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${other("function_name")}:${name}`;
const globalArn =
  (start: string): Computed =>
  (name) =>
    `arn:aws:${start}${name}`;

/** API Gateway makes ids of letters and digits; these follow from the name. */
const hashed: Computed = (name) => createHash("sha256").update(name).digest("hex").slice(0, 7);
const apiId: Computed = (name) => `a${hashed(name, "", () => "")}`;
const executionArn: Computed = (name, region) =>
  `arn:aws:execute-api:${region}:${ACCOUNT_ID}:${apiId(name, region, () => "")}`;
const apiUrl: Computed = (name, region) =>
  `https://${apiId(name, region, () => "")}.execute-api.${region}.amazonaws.com`;
const invokeArn: Computed = (name, region) =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}/invocations`;

const queueUrl: Computed = (name, region) => `https://sqs.${region}.amazonaws.com/${ACCOUNT_ID}/${name}`;

/** Attributes that AWS computes from a resource's name: add a row for each type that references use. */
// biome-ignore format: a ledger is read down its columns
export const COMPUTED: Readonly<Record<string, { readonly named: string; readonly made: Readonly<Record<string, Computed>> }>> = {
  aws_apigatewayv2_api:        { named: "name",          made: { id: apiId, execution_arn: executionArn, api_endpoint: apiUrl } },
  aws_apigatewayv2_authorizer: { named: "name",          made: { id: itself } },
  aws_apigatewayv2_integration: { named: "integration_uri", made: { id: hashed } },
  aws_cloudwatch_log_group:    { named: "name",          made: { id: itself,         arn: arn("logs", "log-group:") } },
  aws_cloudwatch_metric_alarm: { named: "alarm_name",    made: { id: itself,         arn: arn("cloudwatch", "alarm:") } },
  aws_cloudwatch_composite_alarm: { named: "alarm_name", made: { id: itself,         arn: arn("cloudwatch", "alarm:") } },
  aws_dynamodb_table:          { named: "name",          made: { id: itself,         arn: arn("dynamodb", "table/") } },
  aws_iam_role:                { named: "name",          made: { id: itself,         arn: globalArn(`iam::${ACCOUNT_ID}:role/`) } },
  aws_kms_key:                 { named: "description",   made: { key_id: itself,     arn: arn("kms", "key/") } },
  aws_lambda_function:         { named: "function_name", made: { id: itself,         arn: arn("lambda", "function:"), version: () => "1", invoke_arn: invokeArn } },
  aws_lambda_alias:            { named: "name",          made: {                     arn: aliasArn } },
  aws_codedeploy_app:          { named: "name",          made: {} },
  aws_s3_bucket:               { named: "bucket",        made: { id: itself,         arn: globalArn("s3:::") } },
  aws_sfn_state_machine:       { named: "name",          made: { id: arn("states", "stateMachine:"), arn: arn("states", "stateMachine:") } },
  aws_sns_topic:               { named: "name",          made: { id: arn("sns", ""), arn: arn("sns", "") } },
  aws_sqs_queue:               { named: "name",          made: { url: queueUrl,      arn: arn("sqs", "") } },
};

/** Values of data sources. */
const DATA: Readonly<Record<string, (region: string) => string>> = {
  "aws_caller_identity.account_id": () => ACCOUNT_ID,
  "aws_partition.partition": () => "aws",
  "aws_region.name": (region) => region,
  "aws_region.region": (region) => region,
};

const REFERENCE = /^(?<data>data\.)?(?<type>aws_\w+)\.(?<label>[\w-]+)(?<path>(?:\.\w+|\[\d+\])+)$/;

/** Only Terraform needs the hash of the package, so the expression stays unresolved. */
const isPackageHash = (expression: string) => expression.startsWith("filebase64sha256(");

/** Things that the stack creates, and things that exist already. */
const SECTIONS = ["resource", "data"] as const;

type Section = (typeof SECTIONS)[number];

const addressOf = (section: Section, type: string, label: string): string =>
  `${section === "data" ? "data." : ""}${type}.${label}`;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Terraform JSON writes a nested block as an object or as a list with one object. */
export const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

const at = (value: unknown, key: string): unknown =>
  /^\d+$/.test(key) ? asList(value)[Number(key)] : isObject(value) ? value[key] : undefined;

/**
 * @param stackDir folder that holds `cdk.tf.json`
 * @throws Error if the file cannot be read, is not JSON, or sets no region
 */
export const readTerraformJson = (stackDir: string): Stack => {
  const file = join(stackDir, "cdk.tf.json");
  const root = parse(file);
  const region = at(at(at(root.provider, "aws"), "0"), "region");
  if (typeof region !== "string") throw expected("a region", `provider.aws in ${file}`, region);

  /** The attribute's value in the stack, or the value that AWS computes from the resource's name. */
  const attributeOf = (section: Section, type: string, label: string, keys: readonly string[]): unknown => {
    const attribute = keys.join(".");
    const address = addressOf(section, type, label);
    const body = at(at(root[section], type), label);
    const stated = keys.reduce(at, body) ?? undefined;
    if (stated !== undefined) return resolve(stated, `${address}.${attribute}`);
    const { named, made = {} } = COMPUTED[type] ?? {};
    const make = attribute === named ? itself : made[attribute];
    if (body === undefined || named === undefined || make === undefined) return undefined;
    const prefix = at(body, named === "bucket" ? "bucket_prefix" : "name_prefix");
    const name = resolve(at(body, named), `${address}.${named}`) ?? (prefix && `${prefix}${NAME_END}`);
    if (typeof name !== "string") throw expected("a name", `${address}.${named}`, name);
    return make(name, region, (other) => String(attributeOf(section, type, label, [other])));
  };

  const referred = (expression: string, where: string): unknown => {
    if (expression === "path.module") return ".";
    const { data, type = "", label = "", path = "" } = REFERENCE.exec(expression)?.groups ?? {};
    const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
    const ofAccount = data ? DATA[`${type}.${keys.join(".")}`]?.(region) : undefined;
    const value = ofAccount ?? attributeOf(data ? "data" : "resource", type, label, keys);
    if (value === undefined) throw expected("a reference that can be resolved", where, `\${${expression}}`);
    return value;
  };

  const resolve = (value: unknown, where: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => resolve(item, `${where}[${index}]`));
    if (isObject(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, `${where}.${key}`)]));
    }
    if (typeof value !== "string") return value;
    const whole = /^\$\{([^{}]*)\}$/.exec(value)?.[1];
    if (whole !== undefined) return isPackageHash(whole) ? value : referred(whole, where);
    return value
      .replaceAll(/(?<!\$)\$\{([^{}]*)\}/g, (_, expression: string) => String(referred(expression, where)))
      .replaceAll("$${", "${");
  };

  return {
    region,
    resources: (type, attributes) =>
      SECTIONS.flatMap((section) =>
        Object.keys((at(root[section], type) ?? {}) as Json)
          .sort()
          .map((label) => ({
            address: addressOf(section, type, label),
            body: Object.fromEntries(attributes.map((name) => [name, attributeOf(section, type, label, [name])])),
          })),
      ),
  };
};

/** @returns an error for a value that cannot be used: `Expected <what> for <name> but got <value>` */
export const expected = (what: string, name: string, got: unknown): Error =>
  new Error(`Expected ${what} for ${name} but got ${JSON.stringify(got) ?? "nothing"}`);

const parse = (file: string): Json => {
  try {
    const root: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isObject(root)) return root;
    throw new Error(JSON.stringify(root));
  } catch (cause) {
    throw new Error(`Expected a synthesized stack for ${file} but got ${(cause as Error).message}`, { cause });
  }
};
