/** Reads the structure of a JPEG, and repairs faults that do not touch its coded samples (ITU-T T.81, annex B). */
import { Refusal } from "./errors";
import { refusedAs } from "./input";
import { type HuffmanTable, huffmanTable, isScanWhole, type Scan } from "./jpeg-scan";

const EOI = 0xd9;
const SOS = 0xda;
const DHT = 0xc4;
const DRI = 0xdd;
const APP0 = 0xe0;
const APP14 = 0xee;

/** A marker segment: from the marker at `start` to `end`. */
export interface Segment {
  readonly code: number;
  readonly start: number;
  readonly end: number;
  /** Where the entropy-coded data that follow a start of scan end; otherwise `end`. */
  readonly dataEnd: number;
  /** Whether bytes that are no fill bytes lie before the marker. */
  readonly isAfterGarbage: boolean;
}

const isRestart = (code: number): boolean => code >= 0xd0 && code <= 0xd7;
const isStandalone = (code: number): boolean => code === 0x01 || (code >= 0xd0 && code <= EOI);

/** @returns where the next marker begins: the last 0xff before a byte that is neither 0xff nor 0; -1 if there is none */
const nextMarker = (bytes: Buffer, from: number, isInScan: boolean): number => {
  for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1] ?? 0;
    if (code !== 0 && code !== 0xff && !(isInScan && isRestart(code))) return at;
  }
  return -1;
};

/** Yields the marker segments up to the end of the picture, or as far as the file is whole. */
export function* segmentsOf(bytes: Buffer): Generator<Segment> {
  for (let from = 2; ; ) {
    const start = nextMarker(bytes, from, false);
    if (start === -1) return;
    const code = bytes[start + 1] ?? 0;
    if (!isStandalone(code) && start + 4 > bytes.length) return;
    const end = start + 2 + (isStandalone(code) ? 0 : bytes.readUInt16BE(start + 2));
    const next = code === SOS ? nextMarker(bytes, end, true) : end;
    const dataEnd = next === -1 ? bytes.length : next;
    const isAfterGarbage = bytes.subarray(from, start).some((byte) => byte !== 0xff);
    yield { code, start, end, dataEnd, isAfterGarbage };
    if (code === EOI) return;
    from = dataEnd;
  }
}

/** Coding processes by start of frame. Those with `refusedAs` are not supported. */
const FRAMES: Readonly<Record<number, "sequential" | "progressive" | "arithmetic" | { readonly refusedAs: string }>> = {
  ...{ 192: "sequential", 193: "sequential", 194: "progressive", 201: "arithmetic", 202: "arithmetic" },
  ...{ 195: { refusedAs: "lossless JPEG" }, 203: { refusedAs: "lossless JPEG" }, 247: { refusedAs: "JPEG-LS" } },
  ...{ 197: { refusedAs: "hierarchical JPEG" }, 198: { refusedAs: "hierarchical JPEG" } },
  ...{ 199: { refusedAs: "hierarchical JPEG" }, 205: { refusedAs: "hierarchical JPEG" } },
  ...{ 206: { refusedAs: "hierarchical JPEG" }, 207: { refusedAs: "hierarchical JPEG" } },
};

interface FrameComponent {
  readonly id: number;
  readonly horizontal: number;
  readonly vertical: number;
}

interface Frame {
  readonly process: "sequential" | "progressive" | "arithmetic";
  readonly widthPx: number;
  readonly heightPx: number;
  readonly components: readonly FrameComponent[];
}

/** @throws Refusal `unsupported-format` for a coding that is not supported */
const frameOf = (bytes: Buffer, { code, start, end }: Segment): Frame | undefined => {
  const process = FRAMES[code];
  if (process === undefined || start + 10 > bytes.length) return undefined;
  if (typeof process === "object") throw refusedAs(process.refusedAs);
  const [precision = 8, count = 0] = [bytes[start + 4], bytes[start + 9]];
  const [heightPx, widthPx] = [bytes.readUInt16BE(start + 5), bytes.readUInt16BE(start + 7)];
  if (precision === 12) throw refusedAs("12-bit JPEG");
  if (heightPx === 0) throw refusedAs("JPEG whose height follows its picture");
  if (count === 2) throw refusedAs("JPEG of 2 components");
  if (precision !== 8 || ![1, 3, 4].includes(count))
    throw new Refusal("corrupt", `Expected 1, 3 or 4 components of 8 bits for a JPEG but got ${count} of ${precision}`);
  const components = Array.from({ length: count }, (_, i): FrameComponent => {
    const [id = 0, factors = 0] = bytes.subarray(start + 10 + i * 3, end);
    return { id, horizontal: factors >> 4, vertical: factors & 15 };
  });
  return { process, widthPx, heightPx, components };
};

const COEFFICIENTS = 64;

/** Keeps which coefficients of each component have been coded to their last bit; decoders assume zero for the others. */
const trackCoverage = ({ process, components }: Frame) => {
  const missing = new Map(components.map(({ id }) => [id, new Set(Array(COEFFICIENTS).keys())]));
  const add = (bytes: Buffer, { start, end }: Segment): void => {
    const [first = 0, last = 0, bits = 0] = process === "progressive" ? bytes.subarray(end - 3, end) : [0, 63, 0];
    if ((bits & 15) !== 0) return;
    for (let i = 0; i < (bytes[start + 4] ?? 0); i++)
      for (let k = first; k <= last; k++) missing.get(bytes[start + 5 + i * 2] ?? -1)?.delete(k);
  };
  // Arithmetic-coded data do not mark their own end.
  const isComplete = () => process !== "arithmetic" && [...missing.values()].every(({ size }) => size === 0);
  return { add, isComplete };
};

const JFIF = "JFIF\0";
const ADOBE = "Adobe";
const ADOBE_TRANSFORM_AT = 15;

/** @returns a segment with the values that its decoder expects; undefined if it is right as it is */
const corrected = (bytes: Buffer, { code, start, end }: Segment, frame: Frame): Buffer | undefined => {
  const copy = Buffer.from(bytes.subarray(start, end));
  const isNamed = (name: string) => copy.toString("latin1", 4, 4 + name.length) === name;
  if (code === SOS && frame.process === "sequential") copy.set([0, COEFFICIENTS - 1, 0], copy.length - 3);
  // The versions of JFIF differ in nothing that a decoder reads.
  if (code === APP0 && isNamed(JFIF) && copy.length > 9 && copy[9] !== 1) copy[9] = 1;
  const [components, transform] = [frame.components.length, copy[ADOBE_TRANSFORM_AT] ?? 0];
  const isKnown = transform === 0 || (components === 4 ? transform === 2 : transform === 1);
  // How libjpeg reads an unknown transform: as YCbCr, or with four components as YCCK.
  if (code === APP14 && isNamed(ADOBE) && copy.length > ADOBE_TRANSFORM_AT && components > 1 && !isKnown)
    copy[ADOBE_TRANSFORM_AT] = components === 4 ? 2 : 1;
  return copy.equals(bytes.subarray(start, end)) ? undefined : copy;
};

/** Keeps the Huffman tables and the restart interval as they are when a scan begins. */
const trackTables = (bytes: Buffer) => {
  const tables = new Map<number, HuffmanTable>();
  let restartInterval = 0;
  const add = ({ code, start, end }: Segment): void => {
    if (code === DRI) restartInterval = bytes.readUInt16BE(start + 4);
    for (let at = start + 4; code === DHT && at + 17 <= end; ) {
      const lengths = bytes.subarray(at + 1, at + 17);
      const symbols = lengths.reduce((sum, count) => sum + count, 0);
      tables.set(
        bytes[at] ?? 0,
        huffmanTable((bytes[at] ?? 0) >= 0x10, lengths, bytes.subarray(at + 17, at + 17 + symbols)),
      );
      at += 17 + symbols;
    }
  };
  /** @returns the scan, if it has all components of the frame and all of its tables */
  const scanOf = ({ start }: Segment, { components, widthPx, heightPx }: Frame): Scan | undefined => {
    const described = components.flatMap(({ id, ...factors }, i) => {
      const [scanned, selectors = 0] = bytes.subarray(start + 5 + i * 2);
      const [dc, ac] = [tables.get(selectors >> 4), tables.get(0x10 | (selectors & 15))];
      return scanned !== id || dc === undefined || ac === undefined ? [] : [{ ...factors, dc, ac }];
    });
    if (bytes[start + 4] !== components.length || described.length < components.length) return undefined;
    return { components: described, widthPx, heightPx, restartInterval };
  };
  return { add, scanOf };
};

/** libvips requests eight rows at a time, and reads libjpeg's warnings about them only when it requests the next eight. */
const ROWS = 8;
/** From this side on, libjpeg decodes at half the size, and eight rows are more than one MCU has. */
const SHRUNK_SIDE_PX = 8192;

/** Whether libjpeg decodes the last MCUs only when libvips asks for the last rows. */
const isEndUnchecked = ({ widthPx, heightPx, components }: Frame): boolean => {
  const tallest = Math.max(...components.map(({ vertical }) => vertical));
  const lastRows = ((heightPx - 1) % (tallest * 8)) + 1;
  // To interpolate colours it looks one row ahead.
  const looksAhead = widthPx > 8 && components.some(({ vertical }) => vertical * 2 === tallest);
  return Math.max(widthPx, heightPx) >= SHRUNK_SIDE_PX || (lastRows <= ROWS && !looksAhead);
};

interface Examined {
  readonly frame: Frame;
  readonly isFaulty: boolean;
  readonly lacksEnd: boolean;
}

/** @throws Refusal `corrupt` if the only scan of a sequential JPEG lacks samples and libvips would not notice */
const examined = (bytes: Buffer): Examined | undefined => {
  const segments = [...essentials(bytes)];
  const frame = segments.reduce<Frame | undefined>((found, segment) => found ?? frameOf(bytes, segment), undefined);
  if (frame === undefined) return undefined;
  const scans = segments.filter(({ code }) => code === SOS);
  const coverage = trackCoverage(frame);
  const tables = trackTables(bytes);
  for (const segment of segments) {
    tables.add(segment);
    if (segment.code !== SOS) continue;
    coverage.add(bytes, segment);
    const scan = frame.process === "sequential" && scans.length === 1 ? tables.scanOf(segment, frame) : undefined;
    const lacksEnd = segments.at(-1)?.code !== EOI;
    if (scan === undefined || !(lacksEnd || isEndUnchecked(frame))) continue;
    if (!isScanWhole(bytes, segment.end, segment.dataEnd, scan))
      throw new Refusal("corrupt", "Expected all samples in the scan of a JPEG but it is cut off or damaged");
  }
  const lacksEnd = segments.at(-1)?.code !== EOI && coverage.isComplete();
  const isWrong = (segment: Segment) => segment.isAfterGarbage || corrected(bytes, segment, frame) !== undefined;
  return { frame, lacksEnd, isFaulty: lacksEnd || segments.some(isWrong) };
};

/** Segments that matter for decoding, and those behind garbage. */
function* essentials(bytes: Buffer): Generator<Segment> {
  for (const segment of segmentsOf(bytes)) {
    const { code, isAfterGarbage } = segment;
    if (code < APP0 || code === APP0 || code === APP14 || code === 0xf7 || isAfterGarbage) yield segment;
  }
}

/**
 * Repairs what other decoders read without loss: scan parameters of a sequential scan, unknown versions of JFIF and
 * transforms of Adobe, garbage between segments, and a missing end marker where every coefficient has been coded.
 *
 * @param bytes of a JPEG with a limited number of segments
 * @returns the same bytes if there is nothing to repair
 * @throws Refusal `unsupported-format` for a coding that is not supported
 */
export const repairJpeg = (bytes: Buffer): Buffer => {
  const found = examined(bytes);
  if (found === undefined || !found.isFaulty) return bytes;
  const pieces = [bytes.subarray(0, 2)];
  for (const segment of segmentsOf(bytes)) {
    const { start, end, dataEnd } = segment;
    const isScanOrLater = dataEnd > end;
    pieces.push(corrected(bytes, segment, found.frame) ?? bytes.subarray(start, end));
    if (isScanOrLater) pieces.push(bytes.subarray(end, dataEnd));
  }
  return Buffer.concat(found.lacksEnd ? [...pieces, Buffer.from([0xff, EOI])] : pieces);
};

/**
 * @returns the bytes of all coefficients, which libjpeg holds if it needs more than one scan for a row: of a progressive
 *   JPEG, and of one whose components come one after the other
 */
export const coefficientBytes = (bytes: Buffer): number => {
  const segments = [...essentials(bytes)];
  const frame = segments.reduce<Frame | undefined>((found, segment) => found ?? frameOf(bytes, segment), undefined);
  const scan = segments.find(({ code }) => code === SOS);
  if (frame === undefined || scan === undefined) return 0;
  const { process, components, widthPx, heightPx } = frame;
  if (process === "sequential" && bytes[scan.start + 4] === components.length) return 0;
  const [across, down] = [
    Math.max(...components.map(({ horizontal }) => horizontal)),
    Math.max(...components.map(({ vertical }) => vertical)),
  ];
  const samples = components.reduce(
    (sum, { horizontal, vertical }) => sum + (horizontal * vertical) / (across * down),
    0,
  );
  return 2 * samples * widthPx * heightPx;
};
