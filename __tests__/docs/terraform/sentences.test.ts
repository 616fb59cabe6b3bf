/** What plain Terraform says to a wrong value: the sentence of the class. `terraform test` sees that a value is refused, not why. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "@cdktf/hcl2json";
import { type Input, type Inputs, valuesOf } from "../../../modules/inputs/inputs";
import { PLAIN_MODULES } from "../../../scripts/docs/terraform/modules";
import type { PlainModule } from "../../../scripts/docs/terraform/plain-module";
import { ROWS } from "../../../scripts/docs/terraform/root";
import { refusedBy, sampleOf } from "../../../scripts/docs/terraform/samples";

const TERRAFORM = join(__dirname, "../../../terraform");

interface Validated {
  readonly validation?: readonly { readonly error_message: string }[];
}

/** @returns the variables of a module of plain Terraform by name */
const variablesIn = async (folder: string): Promise<Readonly<Record<string, Validated>>> => {
  const file = join(TERRAFORM, folder, "variables.tf");
  const { variable } = (await parse(file, readFileSync(file, "utf8"))) as { variable: Record<string, Validated[]> };
  return Object.fromEntries(Object.entries(variable).map(([name, blocks]) => [name, blocks[0] ?? {}]));
};

/** As Terraform prints the message for a value. */
const printed = (message: string, name: string, value: unknown): string =>
  message.replace(`\${jsonencode(var.${name})}`, JSON.stringify(value));

/** @returns what the class says to a value; undefined where it accepts it */
const said = (name: string, input: Input, value: unknown): string | undefined => {
  try {
    valuesOf("module", { [name]: input } as Inputs, { [name]: value } as never);
    return undefined;
  } catch (error) {
    return `${(error as Error).message.replace("module: ", "")}.`;
  }
};

/** @returns each wrong value with what both forms say to it */
const refusals = async (folder: string, inputs: Inputs) =>
  Object.entries(await variablesIn(folder)).flatMap(([name, { validation = [] }]) => {
    const input = inputs[name] as Input;
    return refusedBy(name, input).map((value) => ({
      name,
      value,
      sentences: validation.map(({ error_message }) => printed(error_message, name, value)),
      ofClass: said(name, input, value),
    }));
  });

describe("a plain module refuses a wrong value", () => {
  it.each(Object.entries<PlainModule>(PLAIN_MODULES))("with the sentence of the class: %s", async (name, module) => {
    const found = await refusals(join("modules", name), module.inputs);

    expect(found.length).toBeGreaterThan(0);
    expect(found.map(({ sentences }) => sentences)).toEqual(found.map(({ ofClass }) => [ofClass]));
  });

  it.each(Object.entries<PlainModule>(PLAIN_MODULES))("but not a right one: %s", async (name, { inputs }) => {
    const variables = Object.keys(await variablesIn(join("modules", name)));

    expect(variables.map((each) => said(each, inputs[each] as Input, sampleOf(each, inputs[each] as Input)))).toEqual(
      variables.map(() => undefined),
    );
  });
});

describe("the plain root module refuses a wrong value", () => {
  it("with the sentence of the environment's variable", async () => {
    const found = await refusals("", ROWS);

    expect(found.length).toBeGreaterThan(100);
    expect(found.map(({ sentences }) => sentences)).toEqual(found.map(({ ofClass }) => [ofClass]));
  });
});
