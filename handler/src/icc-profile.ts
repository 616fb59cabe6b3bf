/** Writes ICC profiles from chromaticities and transfer functions (ICC.1:2010, profile version 4.2). */

/** x and y of CIE 1931. */
export type Chromaticity = readonly [x: number, y: number];

/** Chromaticities of the white point and of red, green and blue. */
export interface Primaries {
  readonly white: Chromaticity;
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
}

/** A parametric curve from stored values to linear light (ICC.1:2010, 10.16): its type and parameters. */
export type Curve = readonly [type: 0 | 3, parameters: readonly number[]];

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

const D50: Vector = [0.9642, 1, 0.8249];

/** Bradford cone responses, and back (ICC.1:2010, annex E). */
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

const apply = (matrix: Matrix, [a, b, c]: Vector): Vector =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Vector;

const determinant = ([[a, b, c], [d, e, f], [g, h, i]]: Matrix): number =>
  a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);

const inverse = (matrix: Matrix): Matrix => {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix;
  const adjugate: Matrix = [
    [e * i - f * h, c * h - b * i, b * f - c * e],
    [f * g - d * i, a * i - c * g, c * d - a * f],
    [d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  const scale = 1 / determinant(matrix);
  return adjugate.map((row) => row.map((value) => value * scale)) as unknown as Matrix;
};

const xyz = ([x, y]: Chromaticity): Vector => [x / y, 1, (1 - x - y) / y];

/** @returns XYZ under D50 of full red, green and blue; undefined if the chromaticities span no colour space */
const colorants = ({ white, red, green, blue }: Primaries): readonly Vector[] | undefined => {
  const columns = [red, green, blue].map(xyz) as unknown as Matrix;
  const transposed = [0, 1, 2].map((i) => columns.map((column) => column[i])) as unknown as Matrix;
  const whiteXyz = xyz(white);
  if (![...columns.flat(), ...whiteXyz].every(Number.isFinite) || Math.abs(determinant(transposed)) < 1e-6)
    return undefined;
  const scales = apply(inverse(transposed), whiteXyz);
  const [from, to] = [apply(BRADFORD, whiteXyz), apply(BRADFORD, D50)];
  const back = inverse(BRADFORD);
  return columns.map((column, i) => {
    const cones = apply(BRADFORD, column.map((value) => value * (scales[i] ?? 0)) as unknown as Vector);
    return apply(back, cones.map((cone, k) => (cone * (to[k] ?? 0)) / (from[k] ?? 1)) as unknown as Vector);
  });
};

const fixed = (values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), i * 4);
  return bytes;
};

const tagged = (type: string, ...data: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from(`${type}\0\0\0\0`), ...data]);

const xyzTag = (value: Vector): Buffer => tagged("XYZ ", fixed(value));

const curveTag = ([type, parameters]: Curve): Buffer => tagged("para", Buffer.from([0, type, 0, 0]), fixed(parameters));

/** A single text is enough: the profile is read once and never stored. */
const textTag = (text: string): Buffer => {
  const head = Buffer.alloc(20);
  head.writeUInt32BE(1, 0);
  head.writeUInt32BE(12, 4);
  head.write("enUS", 8);
  head.writeUInt32BE(text.length * 2, 12);
  head.writeUInt32BE(28, 16);
  return tagged("mluc", head, Buffer.from(text, "utf16le").swap16());
};

const HEADER_BYTES = 128;

const assembled = (space: "RGB " | "GRAY", tags: readonly (readonly [name: string, data: Buffer])[]): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES + 4 + tags.length * 12);
  const padded = tags.map(([, data]) => Buffer.concat([data, Buffer.alloc(-data.length & 3)]));
  let at = header.length;
  for (const [i, [name, data]] of tags.entries()) {
    const entry = HEADER_BYTES + 4 + i * 12;
    header.write(name, entry, "latin1");
    header.writeUInt32BE(at, entry + 4);
    header.writeUInt32BE(data.length, entry + 8);
    at += padded[i]?.length ?? 0;
  }
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x04200000, 8);
  header.write(`mntr${space}XYZ `, 12, "latin1");
  header.write("acsp", 36, "latin1");
  fixed(D50).copy(header, 68);
  header.writeUInt32BE(tags.length, HEADER_BYTES);
  return Buffer.concat([header, ...padded]);
};

/** @returns an RGB profile; undefined if the chromaticities span no colour space */
export const rgbProfile = (primaries: Primaries, curve: Curve): Buffer | undefined => {
  const [red, green, blue] = colorants(primaries) ?? [];
  if (red === undefined || green === undefined || blue === undefined) return undefined;
  const trc = curveTag(curve);
  return assembled("RGB ", [
    ["desc", textTag("from the chunks of a PNG")],
    ["cprt", textTag("none")],
    ["wtpt", xyzTag(D50)],
    ["rXYZ", xyzTag(red)],
    ["gXYZ", xyzTag(green)],
    ["bXYZ", xyzTag(blue)],
    ["rTRC", trc],
    ["gTRC", trc],
    ["bTRC", trc],
  ]);
};

/** @returns a profile of shades of grey */
export const greyProfile = (curve: Curve): Buffer =>
  assembled("GRAY", [
    ["desc", textTag("from the chunks of a PNG")],
    ["cprt", textTag("none")],
    ["wtpt", xyzTag(D50)],
    ["kTRC", curveTag(curve)],
  ]);
