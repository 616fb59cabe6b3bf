/** Rules between the variables of the upload API. */
import { type Rule, together } from "./rule";

/** The upload API: add a row. */
export const UPLOAD_RULES: readonly Rule[] = [
  {
    of: ["enable_upload_api", "enable_metadata_table"],
    broken: ({ enable_upload_api, enable_metadata_table }) =>
      enable_upload_api && !enable_metadata_table
        ? { what: "false (the upload API needs enable_metadata_table)", got: enable_upload_api }
        : undefined,
  },
  {
    of: ["upload_api_authorizer", "upload_api_public"],
    broken: ({ upload_api_authorizer: authorizer, upload_api_public }) =>
      (authorizer === "none") === upload_api_public
        ? undefined
        : {
            what: upload_api_public
              ? '"none" (upload_api_public is true)'
              : '"iam" or "jwt" ("none" needs upload_api_public = true)',
            got: authorizer,
          },
  },
  {
    of: ["upload_api_jwt_issuer", "upload_api_authorizer"],
    broken: ({ upload_api_jwt_issuer: issuer, upload_api_authorizer: authorizer }) =>
      (authorizer === "jwt") === (issuer !== "")
        ? undefined
        : {
            what: authorizer === "jwt" ? "the address of an issuer" : `"" (upload_api_authorizer is ${authorizer})`,
            got: issuer,
          },
  },
  together("upload_api_jwt_audience", "upload_api_jwt_issuer"),
  {
    of: ["upload_api_cors_origins", "upload_api_public"],
    broken: ({ upload_api_cors_origins: origins, upload_api_public }) =>
      origins.includes("*") && !upload_api_public
        ? { what: 'origins ("*" needs upload_api_public = true)', got: origins }
        : undefined,
  },
  {
    of: ["upload_api_cors_origins", "existing_upload_bucket_name"],
    broken: ({ upload_api_cors_origins: origins, existing_upload_bucket_name }) =>
      origins.length > 0 && existing_upload_bucket_name !== ""
        ? { what: "[] (the owner of an existing bucket configures its CORS)", got: origins }
        : undefined,
  },
];
