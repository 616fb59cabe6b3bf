/** Logs images whose variants are stored too long after the upload. */
import type { Settings } from "../contract/settings";
import type { Upload } from "./keys";
import type { Log } from "./logger";

/** Call it when all variants are stored. An event without a time, such as a handwritten one, is never late. */
export const reportLateness = (
  { bucket, key, time = "" }: Upload,
  { SLO_SECONDS: limitSeconds }: Pick<Settings, "SLO_SECONDS">,
  log: Log,
): void => {
  const sinceUploadMs = Date.now() - Date.parse(time);
  if (sinceUploadMs > 1_000 * limitSeconds) log("image.late", { bucket, key, sinceUploadMs, limitSeconds });
};
