/** The shell variables that tests run with, so that no test depends on the user's account, settings or terminal. */

/** Variables of the user that would change what the project does. */
const FOREIGN = /^(AWS_|TF_VAR_|TF_WORKSPACE$|CDKTF_|HANDLER_PACKAGE$|DEBUG$|FORCE_COLOR$|INIT_CWD$)/;

const OWN: Readonly<Record<string, string>> = {
  NO_COLOR: "1",
  // Commands say that they are working after a second; on a slow machine that would change what they print.
  NOTICE_AFTER_MS: "2147483647",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
};

const assignAll = (variables: NodeJS.ProcessEnv): void => {
  for (const name of Object.keys(process.env)) if (!(name in variables)) delete process.env[name];
  Object.assign(process.env, variables);
};

/** @returns puts the variables back as they were, including all that changed meanwhile */
export const useCleanShell = (): (() => void) => {
  const before = { ...process.env };
  assignAll({ ...Object.fromEntries(Object.entries(before).filter(([name]) => !FOREIGN.test(name))), ...OWN });
  return () => assignAll(before);
};
