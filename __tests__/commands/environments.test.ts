/** `npm run environments`. */
import { run } from "./run";

describe("npm run environments", () => {
  it("lists the stacks with region, number of alarms and protection", async () => {
    const { code, stdout, stderr } = await run("environments");

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n").map((line) => line.trim().split(/ +/).join(" "))).toEqual([
      "name region alarms protected",
      expect.stringMatching(/^dev us-east-1 \d+ no$/),
      expect.stringMatching(/^prod us-east-1 \d+ yes$/),
      expect.stringMatching(/^staging us-east-1 \d+ yes$/),
      "",
    ]);
  });

  it("prints the same as JSON", async () => {
    const { stdout } = await run("environments", "--json");

    expect(JSON.parse(stdout)).toMatchObject([
      { name: "dev", region: "us-east-1", protected: false },
      { name: "prod", region: "us-east-1", protected: true },
      { name: "staging", region: "us-east-1", protected: true },
    ]);
  });
});
