/** A local issuer of tokens (JWT, RS256), and the checks of API Gateway: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
import { createSign, createVerify, generateKeyPairSync } from "node:crypto";
import type { JwtAuthorizer } from "./api-blueprint";

export type Claims = Readonly<Record<string, unknown>>;

export interface TokenIssuer {
  /** @returns a token with these claims, and with `iss` and `exp` in an hour unless they are given */
  issue(claims: Claims): string;
  /** @returns the claims of a token that the issuer signed and the authorizer accepts */
  claimsOf(token: string, authorizer: JwtAuthorizer): Claims | undefined;
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

const decoded = (part: string): Claims | undefined => {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch {
    return undefined;
  }
};

const LIFETIME_SECONDS = 3_600;

/** @param issuer address in the claim `iss` @param now milliseconds since 1970 */
export const createTokenIssuer = (issuer: string, now: () => number): TokenIssuer => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
  const seconds = () => Math.floor(now() / 1_000);
  const isAccepted = ({ iss, aud, client_id, exp, nbf, iat }: Claims, { audience, issuer: wanted }: JwtAuthorizer) =>
    iss === wanted &&
    [aud ?? client_id].flat().some((each) => audience.includes(String(each))) &&
    typeof exp === "number" &&
    exp > seconds() &&
    [nbf, iat].every((from) => from === undefined || (typeof from === "number" && from <= seconds()));
  return {
    issue: (claims) => {
      const times = { iat: seconds(), exp: seconds() + LIFETIME_SECONDS };
      const signed = `${encoded({ alg: "RS256", typ: "JWT" })}.${encoded({ iss: issuer, ...times, ...claims })}`;
      return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
    },
    claimsOf: (token, authorizer) => {
      const [head = "", body = "", signature = "", ...rest] = token.split(".");
      const isSigned =
        rest.length === 0 &&
        decoded(head)?.alg === "RS256" &&
        createVerify("RSA-SHA256").update(`${head}.${body}`).verify(publicKey, signature, "base64url");
      const claims = isSigned ? decoded(body) : undefined;
      return claims && isAccepted(claims, authorizer) ? claims : undefined;
    },
  };
};
