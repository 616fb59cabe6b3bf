/** What each test file runs in: Jest's environment for Node, joined with the world of the packages that `runtime.cjs` loads. */
import { TestEnvironment } from "jest-environment-node";
import { importPackages } from "./es-packages.cjs";
import { useCleanShell } from "./shell";

/** Built-in classes that the packages recognize with `instanceof`. A test file has its own copies of all built-ins. */
const SHARED = [
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "Date",
] as const;

/** The handler blocks the image formats that it does not accept, and sharp does so for the whole process. */
const unblockSharp = (): void => {
  const sharp: typeof import("sharp") | undefined = require.cache[require.resolve("sharp")]?.exports;
  sharp?.unblock({ operation: ["VipsForeignLoad"] });
};

export default class extends TestEnvironment {
  readonly #restoreShell: () => void;

  constructor(...args: ConstructorParameters<typeof TestEnvironment>) {
    super(...args);
    for (const name of SHARED) {
      // What the engine throws in a test file still has the file's own class.
      Object.setPrototypeOf(this.global[name].prototype, globalThis[name].prototype);
      Object.assign(this.global, { [name]: globalThis[name] });
    }
    unblockSharp();
    this.#restoreShell = useCleanShell();
    this.global.process.env = process.env;
  }

  override async setup(): Promise<void> {
    await super.setup();
    await importPackages();
  }

  override async teardown(): Promise<void> {
    this.#restoreShell();
    await super.teardown();
  }
}
