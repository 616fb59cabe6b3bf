/**
 * Whether S3 accepts a form, apart from the size of its file: signature, expiry, each condition of its policy, and fields that the
 * policy does not mention. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
import { createHmac } from "node:crypto";
import { z } from "zod";
import type { ApiRefusal } from "./api-call";

/** The fields of a form before its file, by their names in lower case. */
export type FormFields = ReadonlyMap<string, string>;

export interface Credentials {
  readonly secretAccessKey: string;
  /** @default the key is permanent */
  readonly sessionToken?: string;
}

export interface PolicyContext {
  readonly bucket: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** By access key id. */
  readonly credentials: ReadonlyMap<string, Credentials>;
}

/** An accepted form. */
export interface AcceptedForm {
  readonly accessKeyId: string;
  /** Allowed sizes of the file in bytes; both ends are allowed. */
  readonly minBytes: number;
  readonly maxBytes: number;
}

/** S3 stores at most 5 GB with one request. */
const LARGEST_BYTES = 5 * 1024 ** 3;

const refusal = (status: number, code: string, message: string): ApiRefusal => ({ status, code, message });

const againstPolicy = (why: string): ApiRefusal => refusal(403, "AccessDenied", `Invalid according to Policy: ${why}`);

/** The codes of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export const FORM_REFUSALS = {
  denied: refusal(403, "AccessDenied", "Access Denied"),
  unknownKey: refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
  unknownToken: refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid."),
  forged: refusal(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  ),
  tooLarge: refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"),
  tooSmall: refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"),
  malformed: refusal(
    400,
    "MalformedPOSTRequest",
    "The body of your POST request is not well-formed multipart/form-data.",
  ),
  longFields: refusal(
    400,
    "MaxPostPreDataLengthExceeded",
    "Your POST request fields preceding the upload file were too large.",
  ),
  notOneFile: refusal(400, "InvalidArgument", "POST requires exactly one file upload per request."),
} as const satisfies Record<string, ApiRefusal>;

const missing = (name: string): ApiRefusal =>
  refusal(
    400,
    "InvalidArgument",
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
  );

const badPolicy = (why: string): ApiRefusal => refusal(400, "InvalidPolicyDocument", `Invalid Policy: ${why}`);

const SIGNATURE_FIELDS = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"];

/** Fields that no condition has to name; neither must fields that start with x-ignore-. */
const UNCONDITIONAL = ["policy", "x-amz-signature", "file"];

const CREDENTIAL = /^(?<keyId>[^/]+)\/(?<date>\d{8})\/(?<region>[a-z0-9-]+)\/s3\/aws4_request$/;

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html */
const signatureOf = (policy: string, secret: string, date: string, region: string): string =>
  hmac(hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), "s3"), "aws4_request"), policy).toString("hex");

/** @returns the id of the key that signed the form */
const signerOf = (fields: FormFields, { credentials }: PolicyContext): string | ApiRefusal => {
  const [algorithm, credential = "", date = "", signature = ""] = SIGNATURE_FIELDS.map((name) => fields.get(name));
  const { keyId = "", date: day = "", region = "" } = CREDENTIAL.exec(credential)?.groups ?? {};
  if (algorithm !== "AWS4-HMAC-SHA256")
    return refusal(
      400,
      "InvalidRequest",
      "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
    );
  if (keyId === "" || !date.startsWith(`${day}T`))
    return refusal(400, "InvalidArgument", "Invalid credential: expected <key>/<date>/<region>/s3/aws4_request.");
  const known = credentials.get(keyId);
  if (known === undefined) return FORM_REFUSALS.unknownKey;
  if (known.sessionToken !== fields.get("x-amz-security-token")) return FORM_REFUSALS.unknownToken;
  const expected = signatureOf(fields.get("policy") ?? "", known.secretAccessKey, day, region);
  return signature === expected ? keyId : FORM_REFUSALS.forged;
};

const VALUE = z.string();
const SIZE = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/).transform(Number)]);
const RANGE = z.tuple([z.literal("content-length-range"), SIZE, SIZE]);
const MATCH = z.tuple([z.enum(["eq", "starts-with"]), z.string().startsWith("$"), VALUE]);
const EXACT = z.record(z.string(), VALUE).refine((condition) => Object.keys(condition).length === 1);
const POLICY = z.object({
  expiration: z.iso.datetime(),
  conditions: z.array(z.union([RANGE, MATCH, EXACT])),
});

const parsed = (policy: string): z.infer<typeof POLICY> | ApiRefusal => {
  try {
    const { data, error } = POLICY.safeParse(JSON.parse(Buffer.from(policy, "base64").toString()));
    return data ?? badPolicy(`Invalid ${error?.issues[0]?.path.join(".") || "document"}.`);
  } catch {
    return badPolicy("Invalid JSON.");
  }
};

interface Match {
  readonly kind: "eq" | "starts-with";
  /** In lower case. */
  readonly field: string;
  readonly value: string;
}

const isRange = (condition: z.infer<typeof POLICY>["conditions"][number]): condition is z.infer<typeof RANGE> =>
  Array.isArray(condition) && condition[0] === "content-length-range";

const matchOf = (condition: z.infer<typeof MATCH> | z.infer<typeof EXACT>): Match => {
  if (Array.isArray(condition)) {
    const [kind, field, value] = condition;
    return { kind, field: field.slice(1).toLowerCase(), value };
  }
  const [[field, value] = ["", ""]] = Object.entries(condition);
  return { kind: "eq", field: field.toLowerCase(), value };
};

/** For a list of media types, each of them must start with the value. */
const holds = ({ kind, field, value }: Match, got: string): boolean => {
  if (kind === "eq") return got === value;
  const parts = field === "content-type" ? got.split(",").map((part) => part.trim()) : [got];
  return parts.every((part) => part.startsWith(value));
};

/** @returns the form, or the error with which S3 refuses it */
export const checkForm = (fields: FormFields, context: PolicyContext): AcceptedForm | ApiRefusal => {
  if (!fields.has("key")) return missing("key");
  const policyText = fields.get("policy");
  // Without a policy, the request is anonymous, and the bucket is private.
  if (policyText === undefined) return FORM_REFUSALS.denied;
  const lacking = SIGNATURE_FIELDS.find((name) => !fields.has(name));
  if (lacking !== undefined) return missing(lacking);
  const accessKeyId = signerOf(fields, context);
  if (typeof accessKeyId !== "string") return accessKeyId;
  const policy = parsed(policyText);
  if ("code" in policy) return policy;
  if (context.nowMs >= Date.parse(policy.expiration)) return againstPolicy("Policy expired.");

  // A form can state its bucket, which must then be that of the address.
  const given = new Map([["bucket", context.bucket] as const, ...fields]);
  const matches = policy.conditions.flatMap((condition) => (isRange(condition) ? [] : [matchOf(condition)]));
  const failed = matches.find((match) => !holds(match, given.get(match.field) ?? ""));
  if (failed !== undefined)
    return againstPolicy(`Policy Condition failed: ${JSON.stringify([failed.kind, `$${failed.field}`, failed.value])}`);
  if (given.get("bucket") !== context.bucket || !matches.some(({ field }) => field === "bucket"))
    return againstPolicy(`Policy Condition failed: ${JSON.stringify(["eq", "$bucket", context.bucket])}`);
  const named = new Set([...matches.map(({ field }) => field), ...UNCONDITIONAL]);
  const extra = [...given.keys()].filter((name) => !named.has(name) && !name.startsWith("x-ignore-"));
  if (extra.length > 0) return againstPolicy(`Extra input fields: ${extra.join(", ")}`);

  const ranges = policy.conditions.filter(isRange);
  return {
    accessKeyId,
    minBytes: Math.max(0, ...ranges.map(([, min]) => min)),
    maxBytes: Math.min(LARGEST_BYTES, ...ranges.map(([, , max]) => max)),
  };
};
