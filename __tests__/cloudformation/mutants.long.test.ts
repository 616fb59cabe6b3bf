/** Every mutant of the drill is the same mutant as a template, so that the drill judges the same stack in either form. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTemplate, writeTemplateOnly } from "../../scripts/cloudformation/files";
import { mutantsOf } from "../../scripts/trials/drill/mutants";
import { committed, synthesized, temporary } from "../modules/synthesized";
import { argumentsOf, resourcesOf } from "./described";

/** What they become in a template says less than Terraform does, or the writer refuses it; the drill notices them either way. */
const OTHERWISE = [
  // Something refers to it, so that there is no template.
  /: removed$/,
  // The alias belongs to releases or not, and there is nothing between.
  /^aws_lambda_alias\.\w+: lifecycle/,
  // The alias has no version to refer to.
  /: publish true -> false$/,
  // CodeDeploy does not move the alias, which Terraform says in another resource.
  /^aws_codedeploy_deployment_group\.\w+: (removed|deployment_group_name)/,
];

describe.each(["dev", "prod"])("the mutants of %s", (name) => {
  it("are the same as templates", async () => {
    const stack = synthesized(await committed(name));
    const given = argumentsOf(stack);
    const json = JSON.parse(readFileSync(join(stack.folder, "cdk.tf.json"), "utf8"));
    const mutants = mutantsOf(json, "").filter((each) => !OTHERWISE.some((pattern) => pattern.test(each.name)));
    // With the zips, which the mutants leave as they are.
    const [terraform, template] = [temporary(), temporary()];
    cpSync(stack.folder, terraform, { recursive: true });
    writeTemplate(stack.folder, { outDir: template, name, isProtected: false });

    const others = mutants.filter((mutant) => {
      writeFileSync(join(terraform, "cdk.tf.json"), JSON.stringify(mutant.stack));
      writeTemplateOnly(mutant.stack, { outDir: template, name, isProtected: false });
      return JSON.stringify(resourcesOf(terraform, given)) !== JSON.stringify(resourcesOf(template, given));
    });

    expect(mutants.length).toBeGreaterThan(400);
    expect(others.map((each) => each.name)).toEqual([]);
  }, 600_000);
});
