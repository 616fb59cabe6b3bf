/** `npm run runbooks`, as a process. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./run";

const bucketList = (...names: string[]) =>
  `<ListAllMyBucketsResult><Buckets>${names.map((name) => `<Bucket><Name>${name}</Name></Bucket>`).join("")}</Buckets></ListAllMyBucketsResult>`;

describe("npm run runbooks", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "runbooks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writes a page for each alarm, and leaves other files alone", async () => {
    writeFileSync(join(folder, "notes.md"), "mine");
    writeFileSync(join(folder, "dead-letters.md"), "from another environment");

    const { code, stdout, stderr } = await run("runbooks", "dev", "--offline", "--out", folder);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "with placeholders for the bucket names\n" });
    expect(stdout).toMatch(/^12 runbooks in /);
    expect(readdirSync(folder)).toHaveLength(13);
    expect(readFileSync(join(folder, "notes.md"), "utf8")).toBe("mine");
    expect(existsSync(join(folder, "dead-letters.md"))).toBe(false);
  });

  it("names the buckets of a deployed environment", async () => {
    const server = createServer((_, response) =>
      response.end(bucketList("other", "image-processor-dev-upload-a1", "image-processor-dev-processed-b2")),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;

    const { code } = await run("runbooks", "dev", "--endpoint-url", `http://127.0.0.1:${port}`, "--out", folder);

    await new Promise((resolve) => server.close(resolve));
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "memory-errors.md"), "utf8")).toContain(
      "`aws s3 cp s3://image-processor-dev-upload-a1/<key>",
    );
  });
});
