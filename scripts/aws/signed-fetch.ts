/** Signs requests to AWS for which the project has no SDK client, with Signature Version 4. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

/** Keys of the shell's credentials. */
export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Signing {
  /** Service in the signature: execute-api, apigateway. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Keys;
}

/** SHA-256 as the signer wants it. */
class Sha256 {
  private hash: Hash | Hmac;
  private readonly make: () => Hash | Hmac;

  constructor(secret?: unknown) {
    this.make = () => (secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer));
    this.hash = this.make();
  }

  update(part: Uint8Array): void {
    this.hash.update(part);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    this.hash = this.make();
  }
}

/** @returns the headers to send with the request, with its signature */
export const signedHeaders = async (
  method: string,
  address: string,
  body: string | undefined,
  { service, region, credentials }: Signing,
): Promise<Record<string, string>> => {
  const url = new URL(address);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const { headers } = await signer.sign({
    ...{ method, protocol: url.protocol, hostname: url.hostname, path: url.pathname },
    ...(url.port !== "" && { port: Number(url.port) }),
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
    ...(body !== undefined && { body }),
  });
  return headers;
};
