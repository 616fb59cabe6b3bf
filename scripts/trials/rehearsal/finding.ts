/** What a comparison of the account with the stack is. */
import type { Clients } from "../../aws/clients";
import type { Deployed } from "./deployed";

/** One comparison. */
export interface Finding {
  readonly title: string;
  readonly expected: unknown;
  readonly got: unknown;
}

export type Look = (aws: Clients, deployed: Deployed) => Promise<Finding[]>;
