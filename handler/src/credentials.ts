/**
 * What the bundle has in place of `@aws-sdk/credential-provider-node`: Lambda puts the role's credentials into the
 * environment, so the other sources (files, SSO, web identity, metadata services) would be a fifth of the bundle for nothing.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
