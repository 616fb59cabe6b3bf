/** The template of prod with each variable in another position: the positions of `npm run validate -- --every-switch`. */
import type { Environment } from "../../modules/variables";
import { variantsOf } from "../../scripts/aws/terraform/plain-variants";
import { committed } from "../modules/synthesized";
import { argumentsOf, resourcesOf } from "./described";
import { written } from "./written";

/** What CloudFormation cannot have, and other numbers, which change no argument that the others do not have. */
const LEFT_OUT = ["prod_existing_upload_bucket_name", "prod_numbers"];

const variants = async (): Promise<[string, Environment][]> =>
  variantsOf([await committed("prod")], true)
    .filter(({ name }) => !LEFT_OUT.includes(name))
    .map(({ name, environment }) => [name, { ...environment, enable_metadata_table: true }]);

describe("the template of prod", () => {
  it("has every argument of the Terraform JSON in each position of each variable", async () => {
    for (const [name, environment] of await variants()) {
      const { stack, folder } = written(environment);
      const given = argumentsOf(stack);

      expect([name, resourcesOf(folder, given)]).toEqual([name, resourcesOf(stack.folder, given)]);
    }
  });
});
