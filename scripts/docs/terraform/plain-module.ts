/** A module as the writer of plain Terraform needs it. */
import type { TerraformStack } from "cdktf";
import type { Inputs } from "../../../modules/inputs/inputs";
import type { Precondition } from "./preconditions";

/** A list or map input that makes one resource for each of its elements. */
export interface Each {
  readonly input: string;
  /** Value of `for_each`. @default the input */
  readonly over?: string;
  /** End of the resource's name. */
  readonly suffix: string;
}

/** Values of a module that do not go together. */
interface ModuleRule extends Precondition {
  /** Values that break it, for a test. */
  readonly broken: Readonly<Record<string, unknown>>;
}

/** A module as the writer needs it. */
export interface PlainModule {
  readonly inputs: Inputs;
  readonly about: string;
  /** Inputs that are no variables, with their value. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  readonly each?: readonly Each[];
  /** What the class decides at synthesis and the module does not offer. @default nothing */
  readonly decided?: readonly string[];
  /** Creates the class in the stack. @returns its outputs */
  readonly build: (stack: TerraformStack, given: Readonly<Record<string, unknown>>) => object;
  /** Outputs that are written from another one, as expressions of a local with its name. */
  readonly derived?: Readonly<Record<string, { readonly from: string; readonly value: string }>>;
  /** What the class refuses and no switch shows, such as numbers that do not go together. @default nothing */
  readonly rules?: readonly ModuleRule[];
  /** Inputs of which each is enough for something to be there. */
  readonly either?: readonly (readonly string[])[];
}
