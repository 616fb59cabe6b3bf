/** The files that `npm run smoke` and `npm run release` put into the upload bucket: an image of each format, and one that is refused. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RefusalReason } from "../../handler/contract/events";
import type { Upload } from "./account-uploads";

const SAMPLES = join(__dirname, "../images/samples");

/** It has an image's name, but is not an image. */
const INVALID = { name: "not-a-photo.jpg", bytes: Buffer.from("There is no picture in here.\n") };

/** Why the function refuses it. */
export const INVALID_REASON: RefusalReason = "not-an-image";

/** @param extensions of the wanted images @default all */
export const sampleUploads = (prefix: string, extensions?: readonly string[]): Upload[] =>
  readdirSync(SAMPLES)
    .filter((name) => extensions === undefined || extensions.some((extension) => name.endsWith(`.${extension}`)))
    .map((name) => ({ key: `${prefix}${name}`, bytes: readFileSync(join(SAMPLES, name)) }));

export const invalidUpload = (prefix: string): Upload => ({ key: `${prefix}${INVALID.name}`, bytes: INVALID.bytes });
