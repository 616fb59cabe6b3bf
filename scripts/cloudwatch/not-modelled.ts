/** Thrown for what CloudWatch supports and this room does not: the answer is unknown, so it is never OK. */
export class NotModelledError extends Error {
  override readonly name = "NotModelledError";

  /** @param what the feature, such as "ANOMALY_DETECTION_BAND" */
  constructor(what: string) {
    super(`Cannot tell: ${what} is not modelled`);
  }
}
