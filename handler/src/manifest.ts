/** The manifest of an upload: what it was, and what is stored of it. It is stored last. */
import { outputKey, type Upload } from "./keys";
import type { ProcessedImage } from "./process";

interface StoredVariant {
  readonly key: string;
  readonly contentType: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sizeBytes: number;
  readonly eTag: string;
}

/** Version 1 of the format. Later versions may add fields. */
interface Manifest {
  readonly version: 1;
  readonly upload: {
    readonly key: string;
    readonly versionId?: string;
    readonly eTag: string;
    readonly format: string;
    /** After orientation is applied. */
    readonly widthPx: number;
    readonly heightPx: number;
    /** As in EXIF: 1 is upright. */
    readonly orientation: number;
    readonly sizeBytes: number;
  };
  /** In Base64. */
  readonly thumbHash: string;
  /** By name. */
  readonly variants: Readonly<Record<string, StoredVariant>>;
}

/** @param eTags of the stored variants, by name */
export const manifestOf = (
  upload: Upload,
  { source, placeholder = "", variants }: ProcessedImage,
  eTags: ReadonlyMap<string, string>,
): Manifest => ({
  version: 1,
  upload: {
    key: upload.key,
    ...(upload.versionId !== undefined && { versionId: upload.versionId }),
    eTag: upload.eTag,
    ...source,
    sizeBytes: upload.sizeBytes,
  },
  thumbHash: placeholder,
  variants: Object.fromEntries(
    variants.map(({ name, extension, contentType, widthPx, heightPx, bytes }) => {
      const key = outputKey(upload, name, extension);
      return [name, { key, contentType, widthPx, heightPx, sizeBytes: bytes.length, eTag: eTags.get(name) ?? "" }];
    }),
  ),
});
