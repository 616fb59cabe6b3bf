/** Examples of the keys of manifests, for clients that derive them. */
import { manifestKey } from "../../handler/src/keys";
import { code, table } from "../terminal/markdown";

/** Bucket, key and version of an upload: add a row. */
// biome-ignore format: a ledger is read down its columns
export const EXAMPLES = [
  ["uploads", "photos/summer.jpg",     "3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"],
  ["uploads", "photos/summer.jpg",     "9a0364b9e99bb480dd25e1f0284c8555"],
  ["uploads", "2026/ä 100% (1).JPG",   "9a0364b9e99bb480dd25e1f0284c8555"],
  ["uploads", "archive.tar.gz",        "9a0364b9e99bb480dd25e1f0284c8555"],
  ["uploads", "folder.1/no-extension", "9a0364b9e99bb480dd25e1f0284c8555"],
  ["uploads", ".hidden",               "9a0364b9e99bb480dd25e1f0284c8555"],
  ["uploads", 'a "quoted" name.webp',  "9a0364b9e99bb480dd25e1f0284c8555"],
] as const;

export const manifestKeysTable = (): string =>
  table(
    ["bucket", "key", "version", "key of the manifest"],
    EXAMPLES.map(([bucket, key, version]) =>
      [bucket, key, version, manifestKey({ bucket, key, versionId: version, sizeBytes: 0, eTag: "" })].map(code),
    ),
  );
