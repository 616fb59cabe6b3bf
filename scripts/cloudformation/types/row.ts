/** What a row says of a Terraform type: which CloudFormation type it is, or is part of, and what its arguments and attributes are. */
import type { Fields, Json } from "../fields";

/**
 * References in the syntax of Fn::Sub: `@` is the resource's own logical id, `@version` that of the function's version,
 * `Unique` a part of the stack's id.
 */
export type References = Readonly<Record<string, string>>;

/** A Terraform resource that is one CloudFormation resource. */
export interface Resource {
  readonly how: "same" | "replaced";
  readonly type: `AWS::${string}::${string}`;
  readonly fields: Fields;
  /** What is different, for the document. */
  readonly note?: string;
  /** Attributes that other resources refer to. @default the value of the argument with this name */
  readonly references?: References;
  /** The same as `references`, without a reference to the resource: where that would be a cycle. @default a cycle is an error */
  readonly computed?: (body: Json) => References;
  /** Property for the default tags: a list of Key and Value, or an object. @default the type has no tags */
  readonly tags?: "list" | "object" | "ResourceTags";
  /** Whether a protected environment keeps the resource when the stack is deleted. */
  readonly isKept?: true;
  /** Property that is a parameter of the template: an address. */
  readonly parameter?: { readonly property: string; readonly isSecret: (body: Json) => boolean };
  /** End of the logical id. @default the construct's path is enough */
  readonly idEnd?: string;
  /** Changes the properties that the arguments make. @default they stay */
  readonly finish?: (properties: Json) => Json;
  /** Whether CloudFormation finds the region of the API itself. */
  readonly isGlobal?: true;
}

/** A Terraform resource that is part of another CloudFormation resource. */
export interface Folded {
  readonly how: "folded";
  readonly into: string;
  /** Argument that refers to the other resource. */
  readonly by: string;
  readonly fields: Fields;
}

interface Refused {
  readonly how: "refused";
  readonly because: string;
}

export type Row = Resource | Folded | Refused;

export const LOG_GROUP_ARN = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:";

export const bucketNamed = (name: string): References => ({
  id: name,
  bucket: name,
  arn: `arn:\${AWS::Partition}:s3:::${name}`,
});
