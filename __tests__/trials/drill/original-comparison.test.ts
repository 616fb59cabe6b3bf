/** The Terraform original, evaluated by the drill's engine: the figures that the README gives. */
import { originalComparisonRows } from "../../../scripts/trials/drill/original-comparison";

const rows = originalComparisonRows();

describe("the original", () => {
  it("has four filters that never match their own line", () => {
    const unmatched = rows.filter(([, , note]) => note?.startsWith("**no match**")).map(([metric]) => metric);

    expect(unmatched.sort()).toEqual([
      "`CriticalErrors`",
      "`ImageProcessingTime`",
      "`ImageSizeBytes`",
      "`LambdaErrors`",
    ]);
  });

  it("has alarms that never fire, and none that fires at a single fault", () => {
    const alarms = rows.map(([, , , alarm = ""]) => alarm).filter((alarm) => alarm.startsWith("`"));

    expect(
      alarms
        .filter((alarm) => alarm.includes("never fires"))
        .map((alarm) => alarm.split(" ")[0])
        .sort(),
    ).toEqual(["`critical-errors`", "`high-error-rate`", "`log-errors`"]);
    expect(alarms.filter((alarm) => alarm.includes("` fires"))).toEqual([]);
  });
});
