/** A request that the console's server does not carry out. */

/** Answered with its status, and its message under `problem`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
