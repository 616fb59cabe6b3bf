/** How a release takes the traffic over: the ways that CodeDeploy knows for Lambda, and the steps that each consists of. */

interface Strategy {
  /** Share of the invocations that the new version gets at once. */
  readonly firstPercent: number;
  /** What is added to it after each pause, until it gets all. */
  readonly stepPercent: number;
  readonly everyMinutes: number;
}

/** Named as CodeDeploy does, without `CodeDeployDefault.Lambda`: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html */
// biome-ignore format: a ledger is read down its columns
export const STRATEGIES = {
  AllAtOnce:                     { firstPercent: 100, stepPercent: 0,  everyMinutes: 0 },
  Canary10Percent5Minutes:       { firstPercent: 10,  stepPercent: 90, everyMinutes: 5 },
  Canary10Percent10Minutes:      { firstPercent: 10,  stepPercent: 90, everyMinutes: 10 },
  Canary10Percent15Minutes:      { firstPercent: 10,  stepPercent: 90, everyMinutes: 15 },
  Canary10Percent30Minutes:      { firstPercent: 10,  stepPercent: 90, everyMinutes: 30 },
  Linear10PercentEvery1Minute:   { firstPercent: 10,  stepPercent: 10, everyMinutes: 1 },
  Linear10PercentEvery2Minutes:  { firstPercent: 10,  stepPercent: 10, everyMinutes: 2 },
  Linear10PercentEvery3Minutes:  { firstPercent: 10,  stepPercent: 10, everyMinutes: 3 },
  Linear10PercentEvery10Minutes: { firstPercent: 10,  stepPercent: 10, everyMinutes: 10 },
} as const satisfies Record<string, Strategy>;

export type StrategyName = keyof typeof STRATEGIES;

/** @returns the name that CodeDeploy's API knows it by */
export const deploymentConfigName = (strategy: StrategyName): string => `CodeDeployDefault.Lambda${strategy}`;

/** @returns the shares of the new version, one after the other; the last is 100 */
export const sharesOf = (strategy: StrategyName): number[] => {
  const { firstPercent, stepPercent }: Strategy = STRATEGIES[strategy];
  const shares = [firstPercent];
  for (let share = firstPercent; share < 100; ) {
    share = Math.min(100, share + stepPercent);
    shares.push(share);
  }
  return shares;
};
