/** Links to S3: a form for one upload, and downloads of variants. S3 acts with the permissions of this function. */
import { randomBytes } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { DIRECT_PREFIX, DOWNLOAD_SECONDS, LINK_SECONDS } from "../../contract/upload-api";
import { s3 } from "../s3-client";
import type { WantedUpload } from "./wanted-upload";

/** What a client needs for one upload. */
export interface UploadLink {
  readonly id: string;
  readonly key: string;
  readonly url: string;
  /** Fields of the form, to send before the file. */
  readonly fields: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/** @returns a form for exactly this key and content type, and a file of 1 to `maxBytes` */
export const issueLink = async (
  bucket: string,
  caller: string,
  { name, contentType }: WantedUpload,
  maxBytes: number,
): Promise<UploadLink> => {
  const id = randomBytes(16).toString("hex");
  const key = `${DIRECT_PREFIX}${caller}/${id}/${name}`;
  const expiresMs = Date.now() + LINK_SECONDS * 1_000;
  const { url, fields } = await createPresignedPost(s3, {
    Bucket: bucket,
    Key: key,
    Fields: { "Content-Type": contentType },
    Conditions: [["content-length-range", 1, maxBytes]],
    Expires: LINK_SECONDS,
  });
  return { id, key, url, fields, expiresMs };
};

/** @returns a link that downloads an object */
export const downloadLink = (Bucket: string, Key: string): Promise<string> =>
  getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: DOWNLOAD_SECONDS });
