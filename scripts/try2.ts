import { clientsFor } from "./aws/clients";
import { variantsOf } from "./aws/terraform/plain-variants";
import { createExisting, sameness } from "./aws/terraform/sameness";
import { committedEnvironments } from "./docs/stacks";

(async () => {
  const all = variantsOf(await committedEnvironments());
  const [from, to] = [Number(process.argv[2] ?? 0), Number(process.argv[3] ?? 3)];
  await createExisting(clientsFor("us-east-1", "http://127.0.0.1:5599")).catch((e) => console.log(e.message));
  const t = Date.now();
  const s = await sameness(all.slice(from, to), "http://127.0.0.1:5599");
  console.log(all.length, s.variants, s.resources, s.attributes, s.differences.length, Date.now() - t);
  for (const d of s.differences.slice(0, 40)) console.log(d.slice(0, 600));
})();
