/** The resources in a state (`terraform show -json`), written as Terraform JSON that the sandbox can read. */
import { type Place, terraform } from "./working-copy";

/** https://developer.hashicorp.com/terraform/internals/json-format#values-representation */
interface Module {
  readonly resources?: readonly {
    readonly address: string;
    readonly mode: "managed" | "data";
    readonly type: string;
    readonly values: Readonly<Record<string, unknown>>;
  }[];
  readonly child_modules?: readonly Module[];
}

/** Attributes by type and name. The name is the resource's address. */
export type State = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const isEmpty = (value: unknown): boolean =>
  value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

/** The provider fills in every attribute that a resource does not set. */
const withoutEmpty = (value: unknown): unknown => {
  if (typeof value === "string") return value.replaceAll("${", "$${");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutEmpty);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, withoutEmpty(each)])
      .filter(([, each]) => !isEmpty(each)),
  );
};

const resourcesIn = ({ resources = [], child_modules = [] }: Module): NonNullable<Module["resources"]>[number][] => [
  ...resources,
  ...child_modules.flatMap(resourcesIn),
];

/** @returns the managed resources of all modules */
export const stateOf = async (place: Place): Promise<State> => {
  const { stdout } = await terraform(place, ["show", "-json"], 60);
  const { values = {} } = JSON.parse(stdout) as { values?: { root_module?: Module } };
  const managed = resourcesIn(values.root_module ?? {}).filter(({ mode }) => mode === "managed");
  const types = [...new Set(managed.map(({ type }) => type))];
  return Object.fromEntries(
    types.map((type) => [
      type,
      Object.fromEntries(
        managed
          .filter((each) => each.type === type)
          .map(({ address, values: attributes }) => [address, withoutEmpty(attributes)]),
      ),
    ]),
  );
};
