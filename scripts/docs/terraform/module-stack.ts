/** A stack whose inputs are references to Terraform variables. */
import { TerraformElement, TerraformStack, TerraformVariable } from "cdktf";
import type { Node as ConstructNode } from "constructs";

export class ModuleStack extends TerraformStack {
  private readonly references = new Map<string, unknown>();

  /** The same reference each time: two references to one variable are not equal. */
  reference<T>(name: string, make: (variable: TerraformVariable) => T): T {
    const key = `${name} ${make}`;
    if (!this.references.has(key)) {
      const variable = new TerraformVariable(this, `input_${this.references.size}`, { type: "any" });
      variable.overrideLogicalId(name);
      this.references.set(key, make(variable));
    }
    return this.references.get(key) as T;
  }

  protected override allocateLogicalId(element: TerraformElement | ConstructNode): string {
    const { scopes } = TerraformElement.isTerraformElement(element) ? element.node : (element as ConstructNode);
    const path = scopes.slice(scopes.indexOf(this) + 2).map(({ node }) => node.id);
    return path.join("_").replaceAll("-", "_");
  }
}
