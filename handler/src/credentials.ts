/**
 * Replaces `@aws-sdk/credential-provider-node` in the bundle. Lambda provides the role's credentials in environment
 * variables; the other providers (files, SSO, web identity, metadata services) would make up a fifth of the bundle.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
