/** Reconciliation of a soak: every result that an upload can have, and every mistake that must be reported. */
import { type Evidence, type Line, reconcile, type Upload, type Variant } from "../../../scripts/trials/soak/reconcile";

const NAMES = ["compressed", "low", "webp", "png", "thumbnail"];

const UPLOAD: Upload = { key: "a", version: "v1", uploads: 1, isReplaced: false, requestIds: ["r1"] };
const variants = (...names: string[]): Variant[] =>
  names.map((name) => ({ key: `a_${name}_1`, name, sizeBytes: 9, requestId: "r1", isRight: true }));
const line = (event: string, fields: Line = {}): Line => ({ event, requestId: "r1", ...fields });

const reconciled = (changes: Partial<Evidence>) =>
  reconcile({ variantNames: NAMES, uploads: [UPLOAD], variants: [], lines: [], deadRequestIds: [], ...changes });

const NOTHING = { uploads: 1, processed: 0, refused: {}, superseded: 0, deadLettered: 0, lost: 0, problems: [] };

const PROCESSED = line("image.processed");
const SUPERSEDED = line("image.superseded");
const REPLACED = [{ ...UPLOAD, isReplaced: true }];

describe("an upload", () => {
  // biome-ignore format: a table is read down its columns
  it.each<[string, Partial<Evidence>, object]>([
    ["is processed with its five variants",                     { lines: [PROCESSED], variants: variants(...NAMES) },              { processed: 1 }],
    ["is refused with a reason",                                { lines: [line("image.refused", { reason: "empty" })] },           { refused: { empty: 1 } }],
    ["is superseded by a later one",                            { lines: [SUPERSEDED], uploads: REPLACED },                        { superseded: 1 }],
    ["is in the dead-letter queue",                           { lines: [line("image.failed")], deadRequestIds: ["r1"] },         { deadLettered: 1 }],
    ["is in the dead-letter queue although it has variants",     { variants: variants("png"), deadRequestIds: ["r1"] },             { deadLettered: 1 }],
    ["is lost if nothing mentions it",                    {},                                                                { lost: 1 }],
    ["is lost if it failed and no message was kept",              { lines: [line("image.failed")] },                                 { lost: 1 }],
    ["is lost if the message belongs to another upload",               { deadRequestIds: ["r2"] },                                        { lost: 1 }],
    ["is lost if nothing replaced it",                     { lines: [SUPERSEDED] },                                           { lost: 1 }],
    ["is processed if one of two deliveries succeeded",   { lines: [PROCESSED], variants: variants(...NAMES), deadRequestIds: ["r1"] }, { processed: 1 }],
    ["counts once for each upload",                      { uploads: [{ ...UPLOAD, uploads: 2 }] },                          { uploads: 2, lost: 2 }],
  ])("%s", (_what, evidence, expected) => {
    expect(reconciled(evidence)).toEqual({ ...NOTHING, ...expected });
  });
});

describe("a mistake", () => {
  it.each([
    [NAMES.slice(1), 4],
    [[], 0],
    [[...NAMES.slice(1), "png"], 5],
    [[...NAMES, "png"], 6],
  ])("is a success logged with the variants %j", (names, count) => {
    const { problems, lost } = reconciled({ lines: [PROCESSED], variants: variants(...names) });

    expect([problems, lost]).toEqual([[`a was logged as processed but has ${count} variants`], 1]);
  });

  it("is a variant that shows another picture", () => {
    const [first, ...others] = variants(...NAMES) as [Variant, ...Variant[]];

    const { problems } = reconciled({ lines: [PROCESSED], variants: [{ ...first, isRight: false }, ...others] });

    expect(problems).toEqual(["a_compressed_1 does not show the picture of a"]);
  });

  it("is a variant without an upload", () => {
    const { problems } = reconciled({
      variants: [{ key: "b_png_1", name: "png", sizeBytes: 9, requestId: "r9", isRight: true }],
    });

    expect(problems).toEqual(["b_png_1 belongs to no upload"]);
  });
});

describe("a record", () => {
  const RECORD = { key: { S: "a" }, version: { S: "v1" }, updatedAt: { S: "2026-01-01T00:00:00.000Z" } };
  const recordOf = (state: string, more: object = {}) => ({ ...RECORD, state: { S: state }, ...more });
  const sizes = (bytes: number) => ({
    variants: {
      M: Object.fromEntries(
        NAMES.map((name) => [name, { M: { key: { S: `a_${name}_1` }, bytes: { N: String(bytes) } } }]),
      ),
    },
  });
  const processed = { lines: [PROCESSED], variants: variants(...NAMES) };
  const refused = { lines: [line("image.refused", { reason: "empty" })] };
  /** The event was delivered again after the object was deleted. */
  const deleted = { lines: [line("image.refused", { reason: "deleted" }), ...refused.lines] };
  const recordLost = line("record.lost", { key: "a", version: "v1" });

  // biome-ignore format: a table is read down its columns
  it.each<[string, Partial<Evidence>, object]>([
    ["is right if it has the variants of the bucket",  { ...processed, items: [recordOf("processed", sizes(9))] },                     { right: 1, lost: 0 }],
    ["is right if it has the reason of the log",       { ...refused, items: [recordOf("refused", { reason: { S: "empty" } })] },       { right: 1, lost: 0 }],
    ["is right if it has one of several reasons",      { ...deleted, items: [recordOf("refused", { reason: { S: "empty" } })] },       { right: 1, lost: 0 }],
    ["is right if it failed and is in the queue",      { deadRequestIds: ["r1"], items: [recordOf("failed")] },                        { right: 1, lost: 0 }],
    ["is lost if it is missing and was logged",        { lines: [PROCESSED, recordLost], variants: variants(...NAMES), items: [] },    { right: 0, lost: 1 }],
    ["is lost if it is old and was logged",            { lines: [PROCESSED, recordLost], variants: variants(...NAMES), items: [recordOf("received")] }, { right: 0, lost: 1 }],
  ])("%s", (_what, evidence, expected) => {
    const { records, problems } = reconciled(evidence);

    expect([records, problems]).toEqual([expected, []]);
  });

  // biome-ignore format: a table is read down its columns
  it.each<[Partial<Evidence>, string]>([
    [{ ...processed, items: [] },                                                                    "a has no record"],
    [{ ...processed, items: [recordOf("refused")] },                                                 "a is processed, but its record says refused"],
    [{ ...processed, items: [recordOf("processed", sizes(8))] },                                     "a has other variants than its record"],
    [{ ...refused, items: [recordOf("refused", { reason: { S: "corrupt" } })] },                     "a was refused as empty, but its record says corrupt"],
    [{ ...deleted, items: [recordOf("refused", { reason: { S: "corrupt" } })] },                     "a was refused as deleted and empty, but its record says corrupt"],
    [{ ...refused, items: [recordOf("refused", { reason: { S: "empty" } }), { ...recordOf("failed"), version: { S: "v2" } }] }, "the record of a, version v2, belongs to no upload"],
  ])("is a problem otherwise: %#", (evidence, problem) => {
    expect(reconciled(evidence).problems).toEqual([problem]);
  });
});
