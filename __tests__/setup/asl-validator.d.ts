/** What the tests use of asl-validator, which has no types. */
declare module "asl-validator" {
  /** @returns whether a definition in Amazon States Language is valid, and what is wrong with it */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errorsText: () => string;
  };
}
