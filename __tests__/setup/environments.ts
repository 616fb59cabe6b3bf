/** The environments that the project comes with. */
export const COMMITTED = ["dev", "prod", "staging"] as const;
