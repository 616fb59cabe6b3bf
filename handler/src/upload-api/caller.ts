/** Who calls the API, as a hash: each caller has separate keys, and sees only their own uploads. */
import { createHash } from "node:crypto";
import { RequestRefused } from "./request-refused";

/** The part of API Gateway's request that says who calls: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export interface Authorizer {
  readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> };
  readonly iam?: {
    readonly accountId?: string;
    /** For a role, `<id of the role>:<name of the session>`. */
    readonly userId?: string;
    readonly cognitoIdentity?: { readonly identityId?: string } | null;
  };
}

/** @returns what stays the same about a caller: the subject of the token, or the user or role without its session */
const identityOf = ({ jwt, iam }: Authorizer): readonly unknown[] => {
  if (jwt !== undefined) {
    const { iss, sub, client_id } = jwt.claims ?? {};
    return ["jwt", iss, sub ?? client_id];
  }
  if (iam !== undefined)
    return ["iam", iam.accountId, iam.cognitoIdentity?.identityId ?? iam.userId?.replace(/:.*$/, "")];
  return ["public"];
};

/** @param authorizer undefined where the API is public @throws RequestRefused if the token names no subject */
export const callerHash = (authorizer: Authorizer = {}): string => {
  const identity = identityOf(authorizer);
  if (identity.some((part) => typeof part !== "string" || part === ""))
    throw new RequestRefused(403, "Expected a token with the claim sub but got none");
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 32);
};
