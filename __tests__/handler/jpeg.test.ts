/** JPEGs with harmless faults are decoded exactly; those that lack a coded sample are refused. */
import { Refusal } from "../../handler/src/errors";
import { repairJpeg, type Segment, segmentsOf } from "../../handler/src/jpeg";
import { processImage } from "../../handler/src/process";
import { LIMITS, plain, quarters } from "./pictures";

const SOS = 0xda;

/** @returns the lossless variant of what is decoded, or reason and detail of the refusal */
const outcomeOf = async (bytes: Buffer): Promise<Buffer | string> => {
  try {
    const { variants } = await processImage(bytes, LIMITS);
    return variants.find(({ name }) => name === "png")?.bytes ?? "no variant";
  } catch (error) {
    if (error instanceof Refusal) return `${error.reason}: ${error.message}`;
    throw error;
  }
};

const segment = (bytes: Buffer, code: number): Segment => {
  const found = [...segmentsOf(bytes)].find((each) => each.code === code);
  if (found === undefined) throw new Error(`Expected a segment 0x${code.toString(16)} but got none`);
  return found;
};

const inserted = (bytes: Buffer, at: number, more: readonly number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);

const changed = (bytes: Buffer, at: number, values: readonly number[]): Buffer => {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
};

const app = (code: number, text: string, ...rest: readonly number[]): number[] => [
  ...[0xff, code, 0, 2 + text.length + rest.length],
  ...Buffer.from(text, "latin1"),
  ...rest,
];

const baseline = () => quarters(64, 48).jpeg({ quality: 95, optimiseCoding: false }).toBuffer();
const progressive = () => quarters(64, 48).jpeg({ quality: 95, progressive: true }).toBuffer();
const grey = () => plain(40, 24, [90, 90, 90]).toColourspace("b-w").jpeg().toBuffer();
const inks = () => quarters(64, 48).toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();

const withoutEnd = (bytes: Buffer): Buffer => bytes.subarray(0, -2);
const atScan = (bytes: Buffer): number => segment(bytes, SOS).start;
const withScanParameters =
  (...parameters: readonly number[]) =>
  (bytes: Buffer) =>
    changed(bytes, segment(bytes, SOS).end - 3, parameters);

type Fault = readonly [what: string, make: () => Promise<Buffer>, spoil: (bytes: Buffer) => Buffer];

const FAULTS: readonly Fault[] = [
  ["scan parameters of 0 0 0", baseline, withScanParameters(0, 0, 0)],
  ["scan parameters of 0 63 1", baseline, withScanParameters(0, 63, 1)],
  ["scan parameters of 1 0 255", grey, withScanParameters(1, 0, 255)],
  ["fill bytes between segments", baseline, (bytes) => inserted(bytes, atScan(bytes), [0xff, 0xff, 0xff])],
  ["zeros between segments", baseline, (bytes) => inserted(bytes, atScan(bytes), [0, 0, 0])],
  ["garbage between segments", progressive, (bytes) => inserted(bytes, segment(bytes, 0xc4).start, [1, 2, 0xff, 0, 3])],
  ["version 2 of JFIF", baseline, (bytes) => inserted(bytes, 2, app(0xe0, "JFIF\0", 2, 1, 0, 0, 1, 0, 1, 0, 0))],
  ["version 0 of JFIF", progressive, (bytes) => inserted(bytes, 2, app(0xe0, "JFIF\0", 0, 0, 0, 0, 1, 0, 1, 0, 0))],
  ["an unknown transform of Adobe", baseline, (bytes) => inserted(bytes, 2, app(0xee, "Adobe", 0, 100, 0, 0, 0, 0, 7))],
  ["no end marker", baseline, withoutEnd],
  ["half an end marker", baseline, (bytes) => bytes.subarray(0, -1)],
  ["no end marker of a progressive picture", progressive, withoutEnd],
  ["no end marker of a grey picture", grey, withoutEnd],
  ["no end marker of four inks", inks, withoutEnd],
  [
    "several of these",
    baseline,
    (bytes) => withoutEnd(withScanParameters(0, 0, 0)(inserted(bytes, atScan(bytes), [0, 0]))),
  ],
];

it.each(FAULTS)("decodes a JPEG exactly that has %s", async (_what, make, spoil) => {
  const whole = await make();
  const faulty = spoil(whole);

  expect(faulty.equals(whole)).toBe(false);
  expect(await outcomeOf(faulty)).toEqual(await outcomeOf(whole));
});

it.each([baseline, progressive, grey, inks])("leaves a JPEG without faults as it is (%p)", async (make) => {
  const whole = await make();

  expect(repairJpeg(whole)).toBe(whole);
});

it("takes an unknown transform of four inks for YCCK, as libjpeg does", async () => {
  const whole = await inks();
  const withTransform = (value: number) => outcomeOf(changed(whole, segment(whole, 0xee).start + 15, [value]));

  expect(await withTransform(9)).toEqual(await withTransform(2));
});

/** Where the scans of a JPEG end, the last one first. */
const scanEnds = (bytes: Buffer): number[] =>
  [...segmentsOf(bytes)].flatMap(({ code, dataEnd }) => (code === SOS ? [dataEnd] : [])).reverse();

it("refuses a progressive JPEG that lacks any of its scans, although what is left can be decoded", async () => {
  const whole = await progressive();
  const [, ...ends] = scanEnds(whole);

  const outcomes = [];
  for (const end of ends) outcomes.push(await outcomeOf(whole.subarray(0, end)));

  expect(outcomes.length).toBeGreaterThan(5);
  expect(outcomes).toEqual(ends.map(() => "corrupt: VipsJpeg: premature end of JPEG image"));
});

const frame = (code: number, ...fields: readonly number[]): Buffer =>
  Buffer.from([0xff, 0xd8, 0xff, code, 0, 8 + 3 * (fields[5] ?? 0), ...fields, ...Array(12).fill(1), 0xff, 0xd9]);

it.each([
  ["12-bit JPEG", frame(0xc1, 12, 0, 8, 0, 8, 3)],
  ["12-bit JPEG", frame(0xc2, 12, 0, 8, 0, 8, 1)],
  ["lossless JPEG", frame(0xc3, 8, 0, 8, 0, 8, 3)],
  ["lossless JPEG", frame(0xcb, 8, 0, 8, 0, 8, 3)],
  ["hierarchical JPEG", frame(0xc5, 8, 0, 8, 0, 8, 3)],
  ["JPEG-LS", frame(0xf7, 8, 0, 8, 0, 8, 3)],
  ["JPEG of 2 components", frame(0xc0, 8, 0, 8, 0, 8, 2)],
  ["JPEG whose height follows its picture", frame(0xc0, 8, 0, 0, 0, 8, 3)],
])("refuses a %s by its name", async (name, bytes) => {
  expect(await outcomeOf(bytes)).toBe(
    `unsupported-format: Expected JPEG, PNG, WebP, BMP or TIFF for the file but got ${name}`,
  );
});

it("refuses damage in the scan as it did: a lost byte, zeros, and a marker that is none", async () => {
  const whole = await baseline();
  const middle = Math.floor((segment(whole, SOS).end + whole.length) / 2);
  const damaged = [
    Buffer.concat([whole.subarray(0, middle), whole.subarray(middle + 40)]),
    changed(whole, middle, Array(60).fill(0)),
    changed(whole, middle, [0xff, 0xd3]),
  ];

  for (const bytes of damaged) expect(await outcomeOf(bytes)).toMatch(/^corrupt: VipsJpeg: Corrupt JPEG data/);
});
