/** The Terraform original by the drill's engine: what issue and README say of it. */
import { yardstickRows } from "../../../scripts/trials/drill/yardstick";

const rows = yardstickRows();

describe("the original", () => {
  it("has four filters that never hear the line which they are for", () => {
    const deaf = rows.filter(([, , heard]) => heard?.startsWith("**deaf**")).map(([metric]) => metric);

    expect(deaf.sort()).toEqual(["`CriticalErrors`", "`ImageProcessingTime`", "`ImageSizeBytes`", "`LambdaErrors`"]);
  });

  it("has alarms that never go off, and none that does so at a single fault", () => {
    const alarms = rows.map(([, , , alarm = ""]) => alarm).filter((alarm) => alarm.startsWith("`"));

    expect(
      alarms
        .filter((alarm) => alarm.includes("never goes off"))
        .map((alarm) => alarm.split(" ")[0])
        .sort(),
    ).toEqual(["`critical-errors`", "`high-error-rate`", "`log-errors`"]);
    expect(alarms.filter((alarm) => alarm.includes("` goes off"))).toEqual([]);
  });
});
