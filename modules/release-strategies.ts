/** Ledger of release strategies: CodeDeploy's deployment configurations for Lambda and their steps. */

interface Strategy {
  /** Percentage of invocations that the new version gets immediately. */
  readonly firstPercent: number;
  /** Percentage added after each pause, until the new version gets all invocations. */
  readonly stepPercent: number;
  readonly everyMinutes: number;
}

/** CodeDeploy's names, without the prefix `CodeDeployDefault.Lambda`: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html */
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

/** @returns the name in CodeDeploy's API */
export const deploymentConfigName = (strategy: StrategyName): string => `CodeDeployDefault.Lambda${strategy}`;

/** @returns the percentages that the new version gets, step by step; the last is 100 */
export const sharesOf = (strategy: StrategyName): number[] => {
  const { firstPercent, stepPercent }: Strategy = STRATEGIES[strategy];
  const shares = [firstPercent];
  for (let share = firstPercent; share < 100; ) {
    share = Math.min(100, share + stepPercent);
    shares.push(share);
  }
  return shares;
};
