/** Debugging the handler: `npm start -- --inspect <port>`. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { devStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import { startSandbox } from "../../scripts/sandbox/sandbox";

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** Resolves when the function waits for a debugger, which Node's inspector writes to stderr. */
const listening = (): Promise<void> =>
  new Promise((resolve) => {
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      if (String(text).startsWith("Debugger listening")) resolve();
      return true;
    });
  });

/** Attaches Node's own debugger, and lets the program continue; input is lost until the debugger reads it. */
const attach = (port: number) => {
  const client = spawn(process.execPath, ["inspect", `127.0.0.1:${port}`], { stdio: ["pipe", "pipe", "ignore"] });
  const printed: string[] = [];
  client.stdout.on("data", (chunk) => printed.push(String(chunk)));
  const continuing = setInterval(() => client.stdin.write("c\n"), 250);
  const detach = () => {
    clearInterval(continuing);
    client.kill();
  };
  return { printed, detach };
};

describe("the handler under a debugger", () => {
  it("waits for the debugger before it begins, and then works", async () => {
    const inspectPort = await freePort();
    const blueprint = readBlueprint(await devStack({ debug: true }));
    const waits = listening();
    const starting = startSandbox({ blueprint, processes: 1, inspectPort });
    await waits;
    const { printed, detach } = attach(inspectPort);

    const sandbox = await starting;
    await sandbox.upload("not-a-picture.txt", Buffer.from("text"));
    const [outcome] = await sandbox.settled();
    detach();
    await sandbox.stop();

    expect(printed.join("")).toContain("Break on start in");
    expect(outcome?.status).toBe("success");
    expect(sandbox.logs.filter(({ text }) => !text.startsWith("{"))).toEqual([]);
  });

  it("runs code whose source map leads to the sources of the project", async () => {
    const { function: fn } = readBlueprint(await devStack({ debug: true }));
    const bundle = Buffer.from(unzipSync(await readFile(fn.packageFile))["index.js"] ?? []).toString();

    const [, encoded = ""] = /sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(bundle) ?? [];
    const { sourceRoot, sources } = JSON.parse(Buffer.from(encoded, "base64").toString());

    const files = sources.map((source: string) => fileURLToPath(new URL(source, sourceRoot)));
    expect(files.filter((file: string) => /handler\/src\/(index|process|variants)\.ts$/.test(file))).toHaveLength(3);
    expect(files.filter((file: string) => !existsSync(file))).toEqual([]);
  });
});
