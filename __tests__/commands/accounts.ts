/** Accounts of one test file: healthy, except for the answers that a test makes wrong. */
import type { Environment } from "../../modules/variables";
import { devWith } from "../modules/synthesized";
import { type Answers, startAccount } from "./account";
import { healthyAccount } from "./healthy-account";

/** dev with everything that the commands look at. */
const EVERYTHING = `
  enable_dead_letter_queue = true
  enable_kms_key           = true
  enable_release_alias     = true
  enable_metadata_table    = true
  enable_upload_api        = true
  enable_backfill          = true
  alert_email              = "oncall@example.com"
  alert_sms                = "+15555550100"
`;

/** Stops the servers after each test. */
export const useAccounts = () => {
  const stops: (() => Promise<void>)[] = [];
  let dev: Environment;

  beforeAll(async () => {
    dev = await devWith(EVERYTHING);
  });

  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  return {
    dev: (): Environment => dev,
    account: async (wrong: Answers = {}) => {
      const server = await startAccount({ ...healthyAccount(dev), ...wrong });
      stops.push(server.stop);
      return server;
    },
  };
};
