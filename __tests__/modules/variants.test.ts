/** `variants` in tfvars: what is allowed, the message for each mistake, and what the function gets. */
import { readSettings } from "../../handler/contract/settings";
import { DEFAULT_VARIANTS } from "../../handler/contract/variants";
import { readEnvironments } from "../../modules/environment";
import { committed, devWith, environmentsOf, one, synthesized } from "./synthesized";

const SRCSET = `
variants = {
  card  = { format = "jpeg", quality = 80, cover_px = [400, 300] }
  hero  = { format = "avif", quality = 50, inside_px = 2048 }
  w640  = { format = "webp", quality = 80, width_px = 640 }
  whole = { format = "png" }
}`;

const WANTED = {
  card: { format: "jpeg", quality: 80, cover_px: [400, 300] },
  hero: { format: "avif", quality: 50, inside_px: 2048 },
  w640: { format: "webp", quality: 80, width_px: 640 },
  whole: { format: "png" },
};

/** @returns the environment variables of the function */
const settingsOf = ({ resource }: ReturnType<typeof synthesized>): Record<string, string> => {
  const fn = resource.aws_lambda_function?.lambda_function_function as { environment: object } | undefined;
  return (fn?.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};
};

const complaintsOf = async (tfvars: string): Promise<string> => {
  const problem: unknown = await readEnvironments(environmentsOf({ "dev.tfvars": tfvars }), {}).catch((e) => e);
  return problem instanceof Error ? problem.message : "";
};

const mistake = (row: string): string => `variants = {\n  a = ${row}\n}`;

it("are read from tfvars and passed to the function as one setting, which it understands", async () => {
  const environment = await devWith(SRCSET);

  const variables = settingsOf(synthesized(environment));

  expect(environment.variants).toEqual(WANTED);
  expect(readSettings({ ...variables, PROCESSED_BUCKET: "processed" }).VARIANTS).toEqual(WANTED);
});

it.each(["dev", "staging", "prod"])("are the five of the original in %s", async (name) => {
  const environment = await committed(name);

  expect(environment.variants).toEqual(DEFAULT_VARIANTS);
  expect(JSON.parse(settingsOf(synthesized(environment)).VARIANTS ?? "")).toEqual({
    compressed: { format: "jpeg", quality: 85 },
    low: { format: "jpeg", quality: 60 },
    webp: { format: "webp", quality: 85 },
    png: { format: "png" },
    thumbnail: { format: "jpeg", quality: 80, inside_px: 300 },
  });
});

// biome-ignore format: a table is read down its columns
it.each([
  ["variants = {}",                                            "Expected at least one variant by name for variants but got {}"],
  ['variants = ["webp"]',                                      'Expected a map of variants by name for variants but got ["webp"]'],
  ['variants = "webp"',                                        'Expected a map of variants by name for variants but got "webp"'],
  ['variants = { a_b = { format = "png" } }',                  'Expected names of up to 32 lower-case letters, digits and hyphens for variants but got "a_b"'],
  ['variants = { Big = { format = "png" } }',                  'Expected names of up to 32 lower-case letters, digits and hyphens for variants but got "Big"'],
  [`variants = { ${"a".repeat(33)} = { format = "png" } }`,    `Expected names of up to 32 lower-case letters, digits and hyphens for variants but got "${"a".repeat(33)}"`],
  [mistake('"webp"'),                                          'Expected a variant such as { format = "webp", quality = 80 } for variants.a but got "webp"'],
  [mistake("{}"),                                              "Expected one of jpeg, webp, png, avif for variants.a.format but got nothing"],
  [mistake('{ format = "gif" }'),                              'Expected one of jpeg, webp, png, avif for variants.a.format but got "gif"'],
  [mistake('{ format = "toString" }'),                         'Expected one of jpeg, webp, png, avif for variants.a.format but got "toString"'],
  [mistake('{ format = "webp" }'),                             "Expected a whole number from 1 to 100 for variants.a.quality but got nothing"],
  [mistake('{ format = "webp", quality = 0 }'),                "Expected a whole number from 1 to 100 for variants.a.quality but got 0"],
  [mistake('{ format = "webp", quality = 101 }'),              "Expected a whole number from 1 to 100 for variants.a.quality but got 101"],
  [mistake('{ format = "webp", quality = "80" }'),             'Expected a whole number from 1 to 100 for variants.a.quality but got "80"'],
  [mistake('{ format = "png", quality = 80 }'),                "Expected no value (PNG is lossless) for variants.a.quality but got 80"],
  [mistake('{ format = "png", width = 80 }'),                  'Expected one of format, quality, inside_px, width_px, cover_px for variants.a but got "width"'],
  [mistake('{ format = "png", width_px = 0 }'),                "Expected a whole number of pixels from 1 to 4096 for variants.a.width_px but got 0"],
  [mistake('{ format = "png", inside_px = 4097 }'),            "Expected a whole number of pixels from 1 to 4096 for variants.a.inside_px but got 4097"],
  [mistake('{ format = "png", cover_px = 300 }'),              "Expected a list of width and height, each a whole number of pixels from 1 to 4096 for variants.a.cover_px but got 300"],
  [mistake('{ format = "png", cover_px = [300] }'),            "Expected a list of width and height, each a whole number of pixels from 1 to 4096 for variants.a.cover_px but got [300]"],
  [mistake('{ format = "png", cover_px = [300, 1.5] }'),       "Expected a list of width and height, each a whole number of pixels from 1 to 4096 for variants.a.cover_px but got [300,1.5]"],
  [mistake('{ format = "png", width_px = 1, inside_px = 2 }'), 'Expected at most one of inside_px, width_px, cover_px for variants.a but got {"format":"png","inside_px":2,"width_px":1}'],
  [mistake('{ format = "avif", quality = 50 }'),               'Expected one of inside_px, width_px, cover_px (AVIF has at most 2048 px) for variants.a but got {"format":"avif","quality":50}'],
  [mistake('{ format = "avif", quality = 50, width_px = 2049 }'), "Expected a whole number of pixels from 1 to 2048 for variants.a.width_px but got 2049"],
])("refuses %s with one line", async (tfvars, message) => {
  expect(await complaintsOf(tfvars)).toBe(`environments/dev.tfvars: ${message}`);
});

/** @returns tfvars with as many variants */
const many = (count: number): string =>
  `variants = {\n${Array.from({ length: count }, (_, i) => `w${i} = { format = "webp", quality = 80, width_px = ${100 + i} }`).join("\n")}\n}`;

it("may be dozens, and are refused with one line where they do not fit into Lambda's 4 KB", async () => {
  const [below, above] = [await devWith(many(50)), await complaintsOf(many(80))];

  const measured = Buffer.byteLength(
    JSON.stringify({ ...settingsOf(synthesized(below)), PROCESSED_BUCKET: "b".repeat(63) }),
  );
  expect(measured).toBeLessThanOrEqual(4096);
  expect(above).toMatch(
    /^environments\/dev\.tfvars: Expected at most 4096 bytes \(.*\) for the environment variables of the function with these variants but got \d{4}$/,
  );
});

it("may have tags, which need another permission", async () => {
  const actionsOf = async (tfvars: string) => {
    const policy = JSON.parse(String(one(synthesized(await devWith(tfvars)), "aws_iam_role_policy").policy));
    return policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "WriteVariants").Action;
  };

  expect(await actionsOf("")).toEqual(["s3:PutObject"]);
  expect(await actionsOf('variant_tags = { variant = "{variant}" }')).toEqual(["s3:PutObject", "s3:PutObjectTagging"]);
});

it.each([
  ["{", 'Expected a map of variants as JSON for VARIANTS but got "{"'],
  ['{"a":{"format":"gif"}}', 'Expected one of jpeg, webp, png, avif for VARIANTS.a.format but got "gif"'],
])("are refused by the function where the setting is %s", async (VARIANTS, message) => {
  const variables = settingsOf(synthesized(await devWith("")));

  expect(() => readSettings({ ...variables, PROCESSED_BUCKET: "processed", VARIANTS })).toThrow(new Error(message));
});
