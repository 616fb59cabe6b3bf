/** Creator and copyright of an upload: read from EXIF (or the tags of a TIFF) and IPTC. */
import { type Directory, openTiffFile, type TiffFile } from "./tiff-directory";
import { TAG } from "./tiff-tags";

/** Who made a picture, and who has the rights. At least one of the two is set. */
export interface Credit {
  readonly artist?: string;
  readonly copyright?: string;
}

/** More than any name or notice needs. */
const MAX_CHARACTERS = 1_000;

/** Writers use UTF-8, although EXIF has ASCII only; older ones use Latin-1. */
const decoded = (bytes: Buffer): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
};

const clean = (text: string): string =>
  text
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, MAX_CHARACTERS);

const creditFrom = (artist: string, copyright: string): Credit | undefined =>
  artist === "" && copyright === ""
    ? undefined
    : { ...(artist !== "" && { artist }), ...(copyright !== "" && { copyright }) };

const both = (one: Credit = {}, other: Credit = {}): Credit | undefined =>
  creditFrom(one.artist ?? other.artist ?? "", one.copyright ?? other.copyright ?? "");

/** @returns the credit in the tags of a TIFF; EXIF data are a TIFF, too */
const creditInTags = ({ text }: TiffFile, { entries }: Directory): Credit | undefined => {
  const [artist, copyright] = [TAG.artist, TAG.copyright].map((tag) =>
    clean(decoded(Buffer.from(text(entries.get(tag)), "latin1"))),
  );
  return creditFrom(artist ?? "", copyright ?? "");
};

const EXIF_START = "Exif\0\0";

const creditInExif = (exif: Buffer): Credit | undefined => {
  const hasStart = exif.toString("latin1", 0, EXIF_START.length) === EXIF_START;
  const file = openTiffFile(hasStart ? exif.subarray(EXIF_START.length) : exif);
  return creditInTags(file, file.directory(file.first));
};

/** Image resource of Photoshop that holds IPTC data, and its datasets: IPTC IIM 4.2, record 2. */
const IPTC_RESOURCE = "8BIM\x04\x04";
const DATASET = 0x1c;
const APPLICATION_RECORD = 2;
const BY_LINE = 80;
const COPYRIGHT_NOTICE = 116;

/** @returns where the datasets begin: in a Photoshop resource after its name and size, or at the start */
const datasetsAt = (iptc: Buffer): number => {
  const resource = iptc.indexOf(IPTC_RESOURCE, 0, "latin1");
  if (resource === -1) return 0;
  const name = resource + IPTC_RESOURCE.length;
  const nameBytes = 1 + (iptc[name] ?? 0);
  return name + nameBytes + (nameBytes % 2) + 4;
};

const creditInIptc = (iptc: Buffer): Credit | undefined => {
  const texts = new Map<number, string[]>();
  for (let at = datasetsAt(iptc); at + 5 <= iptc.length && iptc[at] === DATASET; ) {
    const [record, dataset = 0, end] = [iptc[at + 1], iptc[at + 2], at + 5 + iptc.readUInt16BE(at + 3)];
    const text = clean(decoded(iptc.subarray(at + 5, end)));
    if (record === APPLICATION_RECORD && text !== "") texts.set(dataset, [...(texts.get(dataset) ?? []), text]);
    at = end;
  }
  return creditFrom((texts.get(BY_LINE) ?? []).join("; "), (texts.get(COPYRIGHT_NOTICE) ?? []).join("; "));
};

/** Damaged metadata are no reason to refuse a picture. */
const orNone = (read: () => Credit | undefined): Credit | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** @returns the credit in the metadata of an upload; EXIF takes precedence over IPTC */
export const creditOf = ({ exif, iptc }: { readonly exif?: Buffer; readonly iptc?: Buffer }): Credit | undefined =>
  both(exif && orNone(() => creditInExif(exif)), iptc && orNone(() => creditInIptc(iptc)));

/** @returns the credit in the tags of a TIFF, and in the IPTC data that one of them holds */
export const creditOfTiff = (file: TiffFile, directory: Directory): Credit | undefined => {
  const iptc = directory.entries.get(TAG.iptc);
  const bytes = iptc && file.bytes.subarray(iptc.at, iptc.at + iptc.count * 4);
  return both(
    orNone(() => creditInTags(file, directory)),
    bytes && orNone(() => creditInIptc(bytes)),
  );
};
