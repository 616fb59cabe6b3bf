/** The API for direct uploads: its routes, what it accepts, and the environment variables of its function. */

import type { Setting } from "./settings";

/** Entry point in the notation of Lambda: file.export. */
export const UPLOAD_API_HANDLER = "upload-api.handler";

/** Package of the function, relative to the root of the project. It has no native parts, so it fits every architecture. */
export const UPLOAD_API_PACKAGE = "dist/upload-api.zip";

/** Every route, as API Gateway writes it. */
export const ROUTES = {
  issueLink: "POST /uploads",
  getImage: "GET /images/{id}",
} as const;

/** All keys of direct uploads begin with this. */
export const DIRECT_PREFIX = "uploads/";

/** How long an upload link can be used, in seconds. */
export const LINK_SECONDS = 300;

/** How long a link to a variant can be used, in seconds. */
export const DOWNLOAD_SECONDS = 900;

/** How long the record of an unused link is kept, in seconds. Longer than an upload can wait for the function. */
export const UNUSED_RECORD_SECONDS = 86_400;

/** Stands for the version in the record of a link, because the upload has no version yet. */
export const ISSUED_VERSION = "issued";

/** Content types that a client may announce. The function recognizes the format by the bytes. */
export const CONTENT_TYPES = ["image/jpeg", "image/png", "image/webp", "image/tiff", "image/bmp"] as const;

/** Longest name that a client may give, in characters. */
export const MAX_NAME_LENGTH = 255;

/** `uploads/<hash of the caller>/<id>/<safe name>` */
const DIRECT_KEY = /^uploads\/([0-9a-f]{32}\/[0-9a-f]{32})\/[^/]+$/;

/** @returns caller and id of a direct upload, `<hash of the caller>/<id>`; undefined for any other key */
export const directUploadOf = (key: string): string | undefined => DIRECT_KEY.exec(key)?.[1];

/** The environment variables of the function; all are required. */
export const UPLOAD_API_SETTINGS = {
  UPLOAD_BUCKET: { kind: "text", about: "Bucket that receives the uploads." },
  PROCESSED_BUCKET: { kind: "text", about: "Bucket with the variants." },
  RECORDS_TABLE: { kind: "text", about: "DynamoDB table with a record of each upload." },
  MAX_IMAGE_BYTES: { kind: "whole number", about: "Uploads with more bytes are refused by S3." },
  LOG_LEVEL: {
    kind: "choice",
    choices: ["DEBUG", "INFO", "WARNING", "ERROR"],
    about: "Least severe log level that is written. Lines that feed a metric are always written.",
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type UploadApiSettingTexts = Readonly<Record<keyof typeof UPLOAD_API_SETTINGS, string>>;
