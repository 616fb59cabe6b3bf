/** Reads a plan: actions, changed attributes, and changes that come from an emulator's gaps. */
import { changesBeside } from "../../../scripts/aws/terraform/moto-gaps";
import { actionOf, changedAttributes, type ResourceChange } from "../../../scripts/aws/terraform/plan";

type Values = Record<string, unknown>;

const resource = (address: string, actions: string[], before: Values, after: Values, unknown = {}): ResourceChange => {
  const [type = "", name = ""] = address.split(".");
  return { address, mode: "managed", type, name, change: { actions, before, after, after_unknown: unknown } };
};

describe("a planned change", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [["create"],           "create"],
    [["update"],           "change"],
    [["delete"],           "destroy"],
    [["delete", "create"], "replace"],
    [["create", "delete"], "replace"],
    [["no-op"],            "none"],
    [["read"],             "none"],
  ])("%s is called %s", (actions, name) => {
    expect(actionOf(resource("a.b", actions, {}, {}))).toBe(name);
  });

  it("names the attributes that change, including unknown ones", () => {
    const before = { same: [1], other: 1, gone: 1, later: "x", block: [{ a: 1 }] };
    const after = { same: [1], other: 2, new: 1, block: [{ a: 1 }] };

    const change = resource("a.b", ["update"], before, after, { later: true, block: [{}] });

    expect(changedAttributes(change)).toEqual(["gone", "later", "new", "other"]);
  });

  it("is explained by a gap of the emulator only if nothing else changes, on a resource of that type", () => {
    const gaps = { aws_lambda_function: ["logging_config"] };
    const before = { logging_config: [], timeout: 1 };
    const resource_changes = [
      resource("aws_lambda_function.f", ["update"], before, { logging_config: [1], timeout: 1 }),
      resource("aws_lambda_function.g", ["update"], before, { logging_config: [1], timeout: 2 }),
      resource("aws_sns_topic.t", ["update"], before, { logging_config: [1], timeout: 1 }),
    ];

    expect(changesBeside(gaps, { resource_changes })).toEqual([
      "change aws_lambda_function.g: timeout",
      "change aws_sns_topic.t: logging_config",
    ]);
  });
});
