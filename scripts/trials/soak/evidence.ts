/** Collects what a soak leaves behind: uploads with their request ids, and variants. */
import sharp from "sharp";
import type { Outcome } from "../../sandbox/lambda";
import type { CreatedObject } from "../../sandbox/s3-events";
import type { Sandbox } from "../../sandbox/sandbox";
import type { Colour, Picture } from "./episodes";
import type { Upload, Variant } from "./reconcile";

/** An upload with its invocations. */
export interface Created {
  readonly object: CreatedObject;
  readonly picture: Picture;
  readonly outcomes: readonly Outcome[];
}

const isReplaced = (object: CreatedObject, created: readonly Created[]): boolean =>
  object.versionId === undefined &&
  created.some(
    ({ object: { key, eTag, sequence } }) => key === object.key && eTag !== object.eTag && sequence > object.sequence,
  );

/** @returns one entry for each version, or in an unversioned bucket for each key and eTag */
export const uploadsOf = (created: readonly Created[]): Upload[] => {
  const uploads = new Map<string, Upload>();
  for (const { object, outcomes } of created) {
    const identity = JSON.stringify([object.key, object.versionId ?? object.eTag]);
    const known = uploads.get(identity);
    uploads.set(identity, {
      key: object.key,
      version: object.versionId ?? object.eTag,
      isReplaced: isReplaced(object, created),
      uploads: (known?.uploads ?? 0) + 1,
      requestIds: [...(known?.requestIds ?? []), ...outcomes.map(({ requestId }) => requestId)],
    });
  }
  return [...uploads.values()];
};

/** Lossy encoders change colours slightly. */
const TOLERANCE = 12;

const shows = async (bytes: Buffer, colour: Colour): Promise<boolean> => {
  const pixel = await sharp(bytes).removeAlpha().resize(1, 1).raw().toBuffer();
  return colour.every((level, channel) => Math.abs(level - (pixel[channel] ?? 0)) <= TOLERANCE);
};

/** @param keys of all objects in the processed bucket */
export const variantsOf = async (
  { download, processedBucket }: Sandbox,
  keys: readonly string[],
  created: readonly Created[],
): Promise<Variant[]> => {
  const pictures = new Map(
    created.flatMap(({ picture, outcomes }) => outcomes.map(({ requestId }) => [requestId, picture] as const)),
  );
  const variants: Variant[] = [];
  for (const key of keys) {
    const { bytes, metadata } = await download(processedBucket, key);
    const { variant: name = "", "request-id": requestId = "" } = metadata;
    const colour = pictures.get(requestId)?.colour;
    variants.push({
      key,
      name,
      sizeBytes: bytes.length,
      requestId,
      isRight: colour !== undefined && (await shows(bytes, colour)),
    });
  }
  return variants;
};
