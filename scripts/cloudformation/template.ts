/** Writes a synthesized stack as a CloudFormation template. The rows of types/ say how each resource is translated. */
import { createHash } from "node:crypto";
import { type Json, merged, propertiesOf } from "./fields";
import { type Graph, graphOf, type Node, type TerraformJson } from "./graph";
import { type Texts, textsOf } from "./text";

interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: "Retain";
  readonly UpdateReplacePolicy?: "Retain";
  readonly UpdatePolicy?: Json;
  readonly Properties: Json;
}

interface Parameter {
  readonly Type: "String";
  readonly Description: string;
  readonly NoEcho?: true;
}

export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Metadata: Json;
  readonly Parameters?: Readonly<Record<string, Parameter>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, Json>>;
}

export interface Written {
  readonly template: Template;
  /** Values of the parameters. */
  readonly values: Readonly<Record<string, string>>;
}

export interface TemplateOptions {
  /** Name of the environment's stack. */
  readonly name: string;
  /** Whether deleting the stack keeps buckets, table and key. */
  readonly isProtected: boolean;
  /** Where the zip of a function is beside the template, and the hash of its contents. @param file as in `cdk.tf.json` */
  readonly packageOf: (file: string) => { readonly path: string; readonly sha256: string };
}

/** Limits of a template: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LIMITS = { resources: 500, parameters: 200, outputs: 200, bytes: 1_048_576 };

/** Settings that Lambda does not keep with a version: a change publishes none, and a second version of the same fails. */
const NOT_VERSIONED = ["Tags", "ReservedConcurrentExecutions", "CodeSigningConfigArn", "RecursiveLoop"];

/** What Terraform must not revert after a release. */
const MOVED_BY_RELEASES = JSON.stringify(["function_version", "routing_config", "description"]);

const isMovedByReleases = ({ address, lifecycle: { create_before_destroy: _, ...lifecycle } }: Node): boolean => {
  if (Object.keys(lifecycle).length === 0) return false;
  const { ignore_changes: ignored, ...others } = lifecycle;
  if (JSON.stringify(ignored) === MOVED_BY_RELEASES && Object.keys(others).length === 0) return true;
  throw new Error(
    `Expected no lifecycle, or ignore_changes ${MOVED_BY_RELEASES}, for ${address} but got ${JSON.stringify(lifecycle)}`,
  );
};

/** @returns the deployment group that moves an alias: the one with its name */
const groupOf = (node: Node, nodes: readonly Node[]): Node[] =>
  isMovedByReleases(node) && node.type === "aws_lambda_alias"
    ? nodes.filter(
        ({ type, body }) => type === "aws_codedeploy_deployment_group" && body.deployment_group_name === node.body.name,
      )
    : [];

const tagsOf = ({ provider }: TerraformJson): [string, unknown][] => {
  const [{ tags = {} } = {}] = (provider.aws[0]?.default_tags ?? []) as readonly { readonly tags?: Json }[];
  return Object.entries({ ...tags, ManagedBy: "CloudFormation" });
};

const tagProperties = ({ row: { tags } }: Node, stack: TerraformJson): Json => {
  if (tags === undefined) return {};
  if (tags === "object") return { Tags: Object.fromEntries(tagsOf(stack)) };
  return { [tags === "list" ? "Tags" : tags]: tagsOf(stack).map(([Key, Value]) => ({ Key, Value })) };
};

/** Logical ids that a value refers to. */
const referredIn = (value: unknown): string[] => {
  const text = JSON.stringify(value);
  return [
    ...[...text.matchAll(/\{"(?:Ref":|Fn::GetAtt":\[)"(\w+)"/g)].map(([, id = ""]) => id),
    ...[...text.matchAll(/\$\{(\w+)[.}]/g)].map(([, id = ""]) => id),
  ];
};

const waitsFor = (node: Node, properties: unknown, { nodeOf, isCut }: Graph, texts: Texts): string[] => {
  const named = [node, ...node.parts]
    .flatMap(({ dependsOn }) => dependsOn.map(nodeOf))
    .filter((other) => other !== node && !isCut(node, other))
    .map(({ id }) => id);
  const already = referredIn(properties);
  return [...new Set([...named, ...texts.waitsOf(node)])]
    .filter((id) => id !== node.id && !already.includes(id))
    .sort();
};

const sorted = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
  Object.fromEntries([...entries].sort(([one], [other]) => (one < other ? -1 : 1)));

const outputsOf = ({ output = {} }: TerraformJson, texts: Texts): [string, Json][] =>
  Object.entries(output).flatMap(([name, { description: Description, value }]) => {
    if (typeof value !== "string" || value === "") return [];
    const id = name
      .split("_")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join("");
    return [[id, { Description, Value: texts.converted(value, undefined) }]];
  });

/** @throws Error of one line for anything without a counterpart in CloudFormation, and for a template beyond a limit */
export const templateOf = (stack: TerraformJson, options: TemplateOptions): Written => {
  const graph = graphOf(stack, groupOf);
  const { nodes } = graph;
  const made = new Map<Node, Json>();

  const propertiesOfNode = (node: Node): Json => {
    const known = made.get(node);
    if (known !== undefined) return known;
    const own = propertiesOf(node.row.fields, node.body, node.type);
    const all = node.parts.reduce((sum, { type, fields, body }) => merged(sum, propertiesOf(fields, body, type)), own);
    const { finish = (properties) => properties, parameter } = node.row;
    const code = typeof all.Code === "string" ? { Code: options.packageOf(all.Code).path } : {};
    const address = parameter === undefined ? {} : { [parameter.property]: { Ref: `${node.id}Address` } };
    const properties = texts.converted(finish({ ...all, ...code }), node) as Json;
    const whole = { ...properties, ...address, ...tagProperties(node, stack) };
    made.set(node, whole);
    return whole;
  };

  const versionOf = (fn: Node): string => {
    if (fn.body.publish !== true)
      throw new Error(`Expected publish = true for ${fn.address}.version but got ${fn.body.publish}`);
    const { sha256 } = options.packageOf(String(fn.body.filename));
    const versioned = Object.entries(propertiesOfNode(fn)).filter(([name]) => !NOT_VERSIONED.includes(name));
    const hash = createHash("sha256").update(sha256).update(JSON.stringify(versioned.sort())).digest("hex");
    return `${fn.id}Version${hash.slice(0, 16)}`;
  };

  const texts = textsOf(stack, graph, versionOf);

  const resourceOf = (node: Node): [string, TemplateResource] => {
    const Properties = propertiesOfNode(node);
    const [group] = groupOf(node, nodes);
    const UpdatePolicy = group && {
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: texts.converted(group.body.app_name, node),
        DeploymentGroupName: { Ref: group.id },
      },
    };
    const DependsOn = waitsFor(node, [Properties, UpdatePolicy], graph, texts);
    return [
      node.id,
      {
        Type: node.row.type,
        ...(DependsOn.length > 0 && { DependsOn }),
        ...(options.isProtected && node.row.isKept && RETAIN),
        ...(UpdatePolicy && { UpdatePolicy }),
        Properties,
      },
    ];
  };

  const versions = nodes
    .filter(({ type, body }) => type === "aws_lambda_function" && body.publish === true)
    .map((fn): [string, TemplateResource] => [
      versionOf(fn),
      // A release or a rollback may still use an old version.
      { Type: "AWS::Lambda::Version", ...RETAIN, Properties: { FunctionName: { Ref: fn.id } } },
    ]);

  const addressed = nodes.flatMap((node) =>
    node.row.parameter === undefined ? [] : [{ ...node, ...node.row.parameter }],
  );
  const parameters = addressed.map(({ id, body, isSecret }): [string, Parameter] => [
    `${id}Address`,
    {
      Type: "String",
      Description: `Address for notifications: ${body.protocol}`,
      ...(isSecret(body) && { NoEcho: true }),
    },
  ]);
  const region = String(stack.provider.aws[0]?.region);
  const template: Template = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `${options.name}, for ${region} only. Written by npm run cloudformation.`,
    Metadata: {
      Region: region,
      // Code is a path until `aws cloudformation package` has uploaded the zip.
      "cfn-lint": { config: { ignore_checks: ["W3002"] } },
    },
    ...(parameters.length > 0 && { Parameters: sorted(parameters) }),
    Resources: sorted([...nodes.map(resourceOf), ...versions]),
    Outputs: sorted(outputsOf(stack, texts)),
  };
  requireWithinLimits(template);
  return { template, values: sorted(addressed.map(({ id, body }) => [`${id}Address`, String(body.endpoint)])) };
};

const RETAIN = { DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" } as const;

const requireWithinLimits = (template: Template): void => {
  const { Parameters = {}, Resources, Outputs = {} } = template;
  const sizes = {
    resources: Object.keys(Resources).length,
    parameters: Object.keys(Parameters).length,
    outputs: Object.keys(Outputs).length,
    bytes: Buffer.byteLength(textOf(template)),
  };
  for (const name of Object.keys(LIMITS) as (keyof typeof LIMITS)[])
    if (sizes[name] > LIMITS[name])
      throw new Error(`Expected at most ${LIMITS[name]} ${name} for the template but got ${sizes[name]}`);
};

/** @returns the template as it is written to a file */
export const textOf = (template: Template): string => `${JSON.stringify(template, undefined, 2)}\n`;
