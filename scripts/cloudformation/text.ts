/** Texts of Terraform as texts of CloudFormation: `${aws_…}` becomes Ref, Fn::GetAtt or Fn::Sub. */
import { isObject, type Json } from "./fields";
import { dataReferences, type Graph, type Node, REFERENCE, type TerraformJson } from "./graph";

/** A part of the stack's id: the first and the last group of its UUID. It makes names of buckets unique. */
const stackId = (group: number) => ({
  "Fn::Select": [group, { "Fn::Split": ["-", { "Fn::Select": [2, { "Fn::Split": ["/", { Ref: "AWS::StackId" }] }] }] }],
});

const UNIQUE = { "Fn::Join": ["", [stackId(0), stackId(4)]] };

const EXPRESSION = /\$\$\{|\$\{([^{}]*)\}/g;

interface Piece {
  readonly literal?: string;
  readonly expression?: string;
}

const piecesOf = (text: string): Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(EXPRESSION)) {
    pieces.push({ literal: text.slice(end, match.index) });
    pieces.push(match[1] === undefined ? { literal: "${" } : { expression: match[1] });
    end = match.index + match[0].length;
  }
  return [...pieces, { literal: text.slice(end) }].filter(({ literal }) => literal !== "");
};

export interface Texts {
  /** @returns the value with all texts converted */
  readonly converted: (value: unknown, from: Node | undefined) => unknown;
  /** Logical ids that a resource waits for because of an attribute that is a fixed text. */
  readonly waitsOf: (from: Node) => ReadonlySet<string>;
}

/** @param versionOf logical id of a function's version @throws Error of one line for a reference without a counterpart */
export const textsOf = (stack: TerraformJson, graph: Graph, versionOf: (fn: Node) => string): Texts => {
  const waits = new Map<Node, Set<string>>();

  const referenced = (node: Node, attribute: string, from: Node | undefined): string => {
    const { row, body, id } = node;
    const isCut = from !== undefined && graph.isCut(from, node);
    const references = isCut ? row.computed?.(body) : row.references;
    const found = references?.[attribute];
    if (found !== undefined)
      return found
        .replace(/\$\{@version\b/, () => `\${${versionOf(node)}`)
        .replaceAll(/\$\{@(?=[.}])/g, () => `\${${id}`);
    const value = body[attribute];
    if (typeof value !== "string")
      throw new Error(`Expected a reference ${attribute} of ${node.type} in scripts/cloudformation/types but got none`);
    if (from !== undefined && !isCut) waits.set(from, new Set([...(waits.get(from) ?? []), id]));
    return value;
  };

  /** Only names of CloudFormation are left as expressions. */
  const resolved = (text: string, from: Node | undefined): string => {
    const next = text.replaceAll(REFERENCE, (_whole, ...rest) => {
      const groups = rest.at(-1) as Record<"data" | "type" | "label" | "attribute", string>;
      const { data, type, label, attribute } = groups;
      if (data === undefined) return referenced(graph.nodeOf(`${type}.${label}`), attribute, from);
      const value = dataReferences(stack, type, label)[attribute];
      if (value === undefined)
        throw new Error(`Expected ${attribute} of data.${type} in scripts/cloudformation/types but got none`);
      return value;
    });
    return next === text ? text : resolved(next, from);
  };

  const textOf = (text: string, from: Node | undefined): unknown => {
    const pieces = piecesOf(resolved(text, from));
    const expressions = pieces.flatMap(({ expression = [] }) => expression);
    const unknown = expressions.find((each) => !/^(AWS::\w+|Unique|[A-Za-z0-9]+(\.[A-Za-z0-9.]+)?)$/.test(each));
    if (unknown !== undefined)
      throw new Error(`Expected a reference that CloudFormation has for ${from?.address} but got \${${unknown}}`);
    const [only] = expressions;
    if (only === undefined) return pieces.map(({ literal }) => literal).join("");
    if (pieces.length === 1 && only !== "Unique") {
      const [id, ...attribute] = only.split(".");
      return attribute.length === 0 ? { Ref: id } : { "Fn::GetAtt": [id, attribute.join(".")] };
    }
    const sub = pieces
      .map(({ literal, expression }) =>
        expression === undefined ? literal?.replaceAll("${", "${!") : `\${${expression}}`,
      )
      .join("");
    return { "Fn::Sub": expressions.includes("Unique") ? [sub, { Unique: UNIQUE }] : sub };
  };

  const converted = (value: unknown, from: Node | undefined): unknown => {
    if (typeof value === "string") return textOf(value, from);
    if (Array.isArray(value)) return value.map((each) => converted(each, from));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value as Json).map(([key, each]) => {
        const name = textOf(key, from);
        if (typeof name !== "string") throw new Error(`Expected a fixed name for ${from?.address} but got ${key}`);
        return [name, converted(each, from)];
      }),
    );
  };

  return { converted, waitsOf: (from) => waits.get(from) ?? new Set() };
};
