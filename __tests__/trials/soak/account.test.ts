/** The account of a soak: every fate that an upload can have, and every mistake that it must not hide. */
import { accountOf, type Evidence, type Line, type Upload, type Variant } from "../../../scripts/trials/soak/account";

const NAMES = ["compressed", "low", "webp", "png", "thumbnail"];

const UPLOAD: Upload = { key: "a", uploads: 1, isReplaced: false, requestIds: ["r1"] };
const variants = (...names: string[]): Variant[] =>
  names.map((name) => ({ key: `a_${name}_1`, name, requestId: "r1", isTrue: true }));
const line = (event: string, fields: Line = {}): Line => ({ event, requestId: "r1", ...fields });

const account = (changes: Partial<Evidence>) =>
  accountOf({ uploads: [UPLOAD], variants: [], lines: [], deadRequestIds: [], ...changes });

const NOBODY = { uploads: 1, processed: 0, refused: {}, superseded: 0, deadLettered: 0, lost: 0, problems: [] };

const PROCESSED = line("image.processed");
const SUPERSEDED = line("image.superseded");
const REPLACED = [{ ...UPLOAD, isReplaced: true }];

describe("an upload", () => {
  // biome-ignore format: a table is read down its columns
  it.each<[string, Partial<Evidence>, object]>([
    ["is processed with its five variants",                     { lines: [PROCESSED], variants: variants(...NAMES) },              { processed: 1 }],
    ["is refused with a reason",                                { lines: [line("image.refused", { reason: "empty" })] },           { refused: { empty: 1 } }],
    ["is superseded by a later one",                            { lines: [SUPERSEDED], uploads: REPLACED },                        { superseded: 1 }],
    ["lies in the dead letter queue",                           { lines: [line("image.failed")], deadRequestIds: ["r1"] },         { deadLettered: 1 }],
    ["lies in the dead letter queue, some variants beside",     { variants: variants("png"), deadRequestIds: ["r1"] },             { deadLettered: 1 }],
    ["is lost where nothing is known of it",                    {},                                                                { lost: 1 }],
    ["is lost where it failed and nobody kept it",              { lines: [line("image.failed")] },                                 { lost: 1 }],
    ["is lost where it is another's dead letter",               { deadRequestIds: ["r2"] },                                        { lost: 1 }],
    ["is lost where nothing superseded it",                     { lines: [SUPERSEDED] },                                           { lost: 1 }],
    ["is processed where one of two deliveries was given up",   { lines: [PROCESSED], variants: variants(...NAMES), deadRequestIds: ["r1"] }, { processed: 1 }],
    ["counts as often as it was uploaded",                      { uploads: [{ ...UPLOAD, uploads: 2 }] },                          { uploads: 2, lost: 2 }],
  ])("%s", (_what, evidence, expected) => {
    expect(account(evidence)).toEqual({ ...NOBODY, ...expected });
  });
});

describe("a mistake", () => {
  it.each([
    [NAMES.slice(1), 4],
    [[], 0],
    [[...NAMES.slice(1), "png"], 5],
    [[...NAMES, "png"], 6],
  ])("is a success that was announced of %j", (names, count) => {
    const { problems, lost } = account({ lines: [PROCESSED], variants: variants(...names) });

    expect([problems, lost]).toEqual([[`a was announced with ${count} variants`], 1]);
  });

  it("is a variant that shows another picture", () => {
    const [first, ...others] = variants(...NAMES) as [Variant, ...Variant[]];

    const { problems } = account({ lines: [PROCESSED], variants: [{ ...first, isTrue: false }, ...others] });

    expect(problems).toEqual(["a_compressed_1 shows another picture than a"]);
  });

  it("is a variant that nobody uploaded anything for", () => {
    const { problems } = account({ variants: [{ key: "b_png_1", name: "png", requestId: "r9", isTrue: true }] });

    expect(problems).toEqual(["b_png_1 was written for no upload"]);
  });
});
