/** Commands that write to a protected environment need its name, typed or on the command line. */
import { stackName } from "../../modules/naming";
import type { Environment } from "../../modules/variables";
import { confirmName } from "../terminal/prompt";

export interface Confirmation {
  /** `--yes-load` */
  readonly option: string;
  /** The option's value. @default it was not given */
  readonly given?: string;
  /** What the command does: "uploads photos to" */
  readonly what: string;
}

/** @throws UsageError unless the environment is not protected, or its stack's name is confirmed */
export const confirmIfProtected = async (
  environment: Environment,
  { option, given, what }: Confirmation,
): Promise<void> => {
  if (!environment.protected && given === undefined) return;
  const name = stackName(environment);
  await confirmName({ name, option, given, why: `${what} ${name}, which is protected: its alarms may fire` });
};
