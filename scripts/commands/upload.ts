/** `npm run upload`: uploads pictures through the upload API of an environment, as a client does. */
import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import { Command } from "commander";
import pc from "picocolors";
import { answerTo } from "../aws/account";
import { findApi } from "../aws/api-gateway";
import { clientsFor } from "../aws/clients";
import { createUploadClient, type Image, TYPES } from "../aws/upload-client";
import { environmentNamed } from "../build/environments";
import { runCommand, UsageError } from "../terminal/cli";
import { environmentArgument, serverAddress, wholeNumber } from "../terminal/options";
import { grouped, table } from "../terminal/table";

interface Options {
  readonly apiUrl?: string;
  readonly wait: number;
  readonly json?: true;
}

/** npm runs scripts in the project's root; the user's paths are relative to the folder where npm was started. */
const BASE = process.env.INIT_CWD ?? process.cwd();

/** @throws UsageError for a file that does not exist, or whose name does not end like that of an accepted format */
const checked = (path: string): { path: string; contentType: string } => {
  const file = resolve(BASE, path);
  if (!existsSync(file)) throw new UsageError(`${path} does not exist (a sample is in scripts/images/samples)`);
  const contentType = TYPES[extname(path).toLowerCase()];
  if (contentType !== undefined) return { path: file, contentType };
  throw new UsageError(`Expected a name that ends with ${Object.keys(TYPES).join(", ")} but got ${path}`);
};

const report = (path: string, image: Image): string => {
  const { id, state, reason, detail, format, widthPx, heightPx, variants, linksExpireAt } = image;
  const colour = state === "processed" ? pc.green : state === "refused" ? pc.red : pc.yellow;
  const picture = format === undefined ? [] : [`${format}, ${widthPx} × ${heightPx} px`];
  const why = [reason, detail].filter(Boolean).join(": ");
  const rows = Object.entries(variants ?? {}).sort();
  return [
    `${pc.bold(path)}  ${colour(state)}  ${[...picture, ...(why ? [why] : [])].join("  ")}`,
    `  ${pc.dim("id")}  ${id}`,
    ...(rows.length === 0
      ? []
      : [
          table(
            { variant: "left", bytes: "right", link: "left" },
            rows.map(([name, { url, bytes }]) => [name, grouped(bytes), url]),
          ),
          pc.dim(`The links can be used until ${linksExpireAt}.`),
        ]),
  ].join("\n");
};

const run = async (env: string, paths: readonly string[], { apiUrl, wait, json }: Options): Promise<void> => {
  const files = paths.map((path) => ({ shown: path, ...checked(path) }));
  const environment = await environmentNamed(env);
  if (!environment.enable_upload_api) throw new Error(`${env} has no upload API: enable_upload_api is false`);
  const token = process.env.UPLOAD_API_TOKEN;
  if (environment.upload_api_authorizer === "jwt" && !token)
    throw new UsageError(`Expected a token of ${environment.upload_api_jwt_issuer} in UPLOAD_API_TOKEN but got none`);
  const aws = clientsFor(environment.aws_region);
  const credentials = () => answerTo("the credentials", aws.s3.config.credentials());
  const address = apiUrl ?? (await findApi(environment, aws)).apiEndpoint;
  const client = createUploadClient({ environment, apiUrl: address, credentials, token });
  const images: (Image & { readonly path: string })[] = [];
  for (const { shown, path, contentType } of files) {
    const image = await client.finished(await client.upload(path, contentType), wait * 1_000);
    images.push({ path: shown, ...image });
    if (!json) console.log(report(shown, image));
  }
  if (json) console.log(JSON.stringify({ environment: env, images }, undefined, 2));
  if (images.some(({ state }) => state !== "processed")) process.exitCode = 1;
};

export const command = new Command("npm run upload --")
  .description(
    "Uploads pictures through the upload API of an environment, waits for their variants, and prints links to them. " +
      "Signs with the shell's credentials, or sends the token in UPLOAD_API_TOKEN where the authorizer is jwt.",
  )
  .addArgument(environmentArgument())
  .argument("<path...>", "pictures")
  .option(
    "--api-url <url>",
    "address of the API, for example of npm start (default: found in the account)",
    serverAddress("--api-url"),
  )
  .option("--wait <seconds>", "how long to wait for the variants of a picture", wholeNumber("--wait", 0, 900), 60)
  .option("--json", "print JSON")
  .addHelpText("after", "\nExit code 1: a picture cannot be uploaded, or has no variants in time.")
  .action(run);

if (require.main === module) void runCommand(command);
