/** A request that the client has to change. */
export class RequestRefused extends Error {
  override readonly name = "RequestRefused";
  /** HTTP status. */
  readonly status: number;

  /** @param message one line for the client */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
