/** Where X-Ray looks on: pieces of work and the SDK's clients, as subsegments where TRACING is on, and as they are otherwise. */
import type { Settings } from "../contract/settings";

/** Does a piece of work under a name. */
export type Traced = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export interface Tracing {
  readonly traced: Traced;
  /** @returns the client of an AWS service, each call of which is a subsegment from now on */
  readonly captured: <C>(client: C) => C;
}

const OFF: Tracing = { traced: (_, work) => work(), captured: (client) => client };

// The clients are made where their files are loaded, and so before the settings are read, which refuses other values.
const isOn = process.env.TRACING === ("on" satisfies Settings["TRACING"]);

/** A file of its own in the package (see scripts/build/handler-package.ts), so that nobody loads it who does not trace. */
export const { traced, captured }: Tracing = isOn ? (require("./tracer") as typeof import("./tracer")) : OFF;
