/** The reader of CloudFormation templates: intrinsic functions, references, parameters; and what it refuses. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTemplate } from "../../scripts/sandbox/template";
import { temporary } from "../modules/synthesized";

type Json = Record<string, unknown>;

const stackOf = (resources: Json, others: Json = {}, parameters?: readonly string[]) => {
  const folder = temporary();
  const template = { Metadata: { Region: "eu-west-1" }, Resources: resources, ...others };
  writeFileSync(join(folder, "template.json"), JSON.stringify(template));
  if (parameters) writeFileSync(join(folder, "parameters.json"), JSON.stringify(parameters));
  return readTemplate(folder);
};

const topic = (name: unknown, more: Json = {}) => ({
  Type: "AWS::SNS::Topic",
  Properties: { TopicName: name },
  ...more,
});

const nameOf = (name: unknown, others: Json = {}, parameters?: readonly string[]): unknown =>
  stackOf({ Topic: topic(name), Other: topic("other") }, others, parameters)
    .resources("aws_sns_topic", ["name"])
    .find(({ address }) => address === "Topic")?.body.name;

/** A function, and its value. */
const FUNCTIONS: [unknown, string][] = [
  [{ Ref: "Other" }, "arn:aws:sns:eu-west-1:000000000000:other"],
  [{ Ref: "AWS::AccountId" }, "000000000000"],
  [{ "Fn::GetAtt": ["Other", "TopicName"] }, "other"],
  [{ "Fn::Sub": "${Other.TopicName} in ${AWS::Region}, not ${!Other}" }, "other in eu-west-1, not ${Other}"],
  [{ "Fn::Sub": ["${Name} and ${Other.TopicName}", { Name: { Ref: "AWS::Partition" } }] }, "aws and other"],
  [{ "Fn::Join": ["-", ["a", { Ref: "AWS::Region" }]] }, "a-eu-west-1"],
  [{ "Fn::Select": [1, { "Fn::Split": ["-", { Ref: "AWS::Region" }] }] }, "west"],
];

describe("the reader of templates", () => {
  it.each(FUNCTIONS)("resolves %j", (value, expected) => {
    expect(nameOf(value)).toBe(expected);
  });

  it("takes parameters from parameters.json, or their defaults", () => {
    const Parameters = { Name: { Type: "String", Default: "none" } };

    expect(nameOf({ Ref: "Name" }, { Parameters })).toBe("none");
    expect(nameOf({ Ref: "Name" }, { Parameters }, ["Name=a=b"])).toBe("a=b");
  });

  it("gives two resources for a topic policy on two topics", () => {
    const policy = {
      Type: "AWS::SNS::TopicPolicy",
      Properties: { Topics: [{ Ref: "Topic" }, "b"], PolicyDocument: {} },
    };

    const rows = stackOf({ Topic: topic("a"), Policy: policy }).resources("aws_sns_topic_policy", ["arn", "policy"]);

    expect(rows.map(({ body }) => body)).toEqual([
      { arn: "arn:aws:sns:eu-west-1:000000000000:a", policy: "{}" },
      { arn: "b", policy: "{}" },
    ]);
  });

  it("gives the events of one function and filter as one notification", () => {
    const on = (Event: string, suffix: string) => ({
      Event,
      Function: "f",
      Filter: { S3Key: { Rules: [{ Name: "suffix", Value: suffix }] } },
    });
    const LambdaConfigurations = [
      on("s3:ObjectCreated:*", ".jpg"),
      on("s3:ObjectRemoved:*", ".jpg"),
      on("s3:ObjectCreated:*", ".png"),
    ];
    const bucket = {
      Type: "AWS::S3::Bucket",
      Properties: { BucketName: "b", NotificationConfiguration: { LambdaConfigurations } },
    };

    const [row] = stackOf({ Bucket: bucket }).resources("aws_s3_bucket_notification", ["lambda_function"]);

    expect(row?.body.lambda_function).toEqual([
      { lambda_function_arn: "f", events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], filter_suffix: ".jpg" },
      { lambda_function_arn: "f", events: ["s3:ObjectCreated:*"], filter_suffix: ".png" },
    ]);
  });

  it("refuses a parameter without a value", () => {
    expect(() => nameOf({ Ref: "Name" }, { Parameters: { Name: { Type: "String" } } })).toThrow(
      /^Expected a value for parameter Name in .*parameters\.json but got nothing$/,
    );
  });

  it("refuses a function that it does not know", () => {
    expect(() => nameOf({ "Fn::ImportValue": "x" })).toThrow(
      'Expected one of Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Split, Fn::Select for Topic.TopicName but got "Fn::ImportValue"',
    );
  });

  it("refuses a reference to nothing", () => {
    expect(() => nameOf({ Ref: "Nothing" })).toThrow(
      'Expected a resource of the template for Topic.TopicName but got "Nothing"',
    );
    expect(() => nameOf({ "Fn::GetAtt": ["Other", "Nothing"] })).toThrow(
      'Expected a reference that can be resolved for Topic.TopicName but got "Other.Nothing"',
    );
  });

  it("refuses a type without a row", () => {
    const read = () => stackOf({ Cluster: { Type: "AWS::ECS::Cluster" } }).resources("aws_sns_topic", []);

    expect(read).toThrow("Expected a row in scripts/sandbox/template-types.ts for AWS::ECS::Cluster but got nothing");
  });

  it.each([
    ["a reference", { One: topic({ Ref: "Two" }), Two: topic({ Ref: "One" }) }],
    ["DependsOn", { One: topic("a", { DependsOn: ["Two"] }), Two: topic({ Ref: "One" }) }],
    ["an update policy", { One: topic("a", { UpdatePolicy: { x: { Ref: "Two" } } }), Two: topic({ Ref: "One" }) }],
  ])("refuses resources that need each other by %s", (_by, resources) => {
    expect(() => stackOf(resources).resources("aws_sns_topic", ["name"])).toThrow(
      'Expected resources that can be created one after the other for the template but got ["One","Two","One"]',
    );
  });

  it("refuses a template without a region", () => {
    expect(() => stackOf({}, { Metadata: {} })).toThrow(
      /^Expected a region for Metadata\.Region in .* but got nothing$/,
    );
  });
});
