/** Applies the examples of plain Terraform to an emulator, plans them again, and destroys them. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type Clients, clientsFor } from "../../aws/clients";
import { startMoto } from "../../aws/terraform/moto";
import { changesBeside, MOTO_GAPS, withoutUnsupported } from "../../aws/terraform/moto-gaps";
import { plainVariables } from "../../aws/terraform/plain-variables";
import { type State, stateOf } from "../../aws/terraform/state";
import { PROJECT } from "../../build/stacks";
import type { Finding } from "./finding";
import { leftovers } from "./leftovers";
import { copyPlain, EMULATED_PROVIDER, initialize, type Plain } from "./plain";
import { apply, destroy, plan } from "./rehearsal";

interface Example extends Plain {
  readonly region: string;
  /** Log group that exists before. @default none is needed */
  readonly logGroup?: string;
}

const supported = (): Record<string, unknown> => {
  const variables = plainVariables();
  return Object.fromEntries(Object.entries(withoutUnsupported()).filter(([name]) => variables.includes(name)));
};

/** What each example needs here: add a row. */
const examplesWith = (packageFile: string): Readonly<Record<string, Example>> => ({
  complete: {
    region: "us-east-1",
    override: { module: { images: supported() } },
    variables: { package_path: packageFile },
  },
  "foreign-lambda": {
    region: "eu-west-1",
    override: EMULATED_PROVIDER,
    logGroup: "/aws/lambda/invoices-worker",
  },
  "alarms-only": { region: "eu-west-1", override: EMULATED_PROVIDER },
});

export interface Applied {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** What the example created. */
  readonly state: State;
}

const createBefore = async ({ logs }: Clients, { logGroup }: Example): Promise<void> => {
  if (logGroup !== undefined) await logs.send(new CreateLogGroupCommand({ logGroupName: logGroup }));
};

/** Each example has a separate emulator, because some of them make resources with the same names. */
const tryExample = async (name: string, example: Example | undefined): Promise<Applied> => {
  if (example === undefined) throw new Error(`Expected a row in plain-examples.ts for examples/${name} but got none`);
  const moto = await startMoto(0);
  const aws = clientsFor(example.region, moto.endpoint);
  await createBefore(aws, example);
  const before = await leftovers(aws);
  const place = await initialize(await copyPlain(moto.endpoint, { example: name, ...example }));
  await apply(place);
  const again = await plan(place, true);
  const state = await stateOf(place);
  await destroy(place);
  await place.stop();
  const after = await leftovers(aws);
  await moto.stop();
  return {
    name,
    state,
    findings: [
      {
        title: `a second plan of examples/${name} changes nothing`,
        expected: [],
        got: changesBeside(MOTO_GAPS, again),
      },
      { title: `nothing of examples/${name} is left`, expected: before, got: after },
    ],
  };
};

/**
 * @param packageFile zip for the function
 * @returns what was found, for each example
 */
export const tryExamples = async (packageFile: string): Promise<Applied[]> => {
  const examples = examplesWith(packageFile);
  const names = await readdir(join(PROJECT, "terraform", "examples"));
  return Promise.all(names.map((name) => tryExample(name, examples[name])));
};
