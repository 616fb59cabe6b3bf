/** Turns what Terraform prints into one line. */

import { diagnose } from "../../../scripts/aws/terraform/diagnosis";
import { SkippedError } from "../../../scripts/terminal/cli";

const LOCKED = `
╷
│ Error: Error acquiring the state lock
│
│ Error message: resource temporarily unavailable
│ Lock Info:
│   ID:        7ce6dfb2-a8f8-c351-e9d5-bb6b7d7e6a8b
│   Path:      terraform.dev.tfstate
│   Operation: OperationTypeApply
│   Who:       operator@laptop
│   Version:   1.11.4
│   Created:   2026-11-23 09:00:00.000000 +0000 UTC
│   Info:
╵
`;

const UNKNOWN_ARGUMENT = `
Error: Unsupported argument

  on cdk.tf.json line 12, in resource.aws_s3_bucket.upload:
  12:         "colour": "red"

An argument named "colour" is not expected here.

Error: Missing required argument

The argument "role" is required.
`;

const noProvider = (why: string) => `
Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider hashicorp/aws:
${why}
`;

describe("a failure of Terraform", () => {
  it("says who holds the lock, since when, and how to remove it", () => {
    expect(diagnose("terraform apply of dev", LOCKED).message).toBe(
      "Expected no other run on this state but it is locked by operator@laptop since 2026-11-23 09:00:00.000000 +0000 UTC (OperationTypeApply): wait for that run to end. If it is dead, run terraform force-unlock 7ce6dfb2-a8f8-c351-e9d5-bb6b7d7e6a8b in the stack's folder",
    );
  });

  it("names every error with its place", () => {
    expect(diagnose("terraform validate of dev", UNKNOWN_ARGUMENT).message).toBe(
      'Expected success for terraform validate of dev but got Unsupported argument (cdk.tf.json line 12): An argument named "colour" is not expected here.; Missing required argument: The argument "role" is required.',
    );
  });

  it("stops at five errors, and says how many more there are", () => {
    const text = [1, 2, 3, 4, 5, 6, 7].map((number) => `Error: number ${number}\n`).join("\n");

    expect(diagnose("terraform apply of dev", text).message).toBe(
      "Expected success for terraform apply of dev but got number 1; number 2; number 3; number 4; number 5; and 2 more",
    );
  });

  it("ends with the last lines if no error is marked", () => {
    expect(diagnose("terraform apply of dev", "one\ntwo\nthree\nkilled\n").message).toBe(
      "Expected success for terraform apply of dev but got two three killed",
    );
  });

  it.each([
    ["could not connect to registry.terraform.io: dial tcp: no such host", "the registry does not answer"],
    ["provider was not found in any of the search locations", "no version matches, or the mirror does not have it"],
  ])("is a skip if the provider cannot be installed: %s", (why, said) => {
    const error = diagnose("terraform init of dev", noProvider(why));

    expect(error).toBeInstanceOf(SkippedError);
    expect(error.message).toBe(
      `Expected the provider hashicorp/aws but Terraform could not get it (${said}): allow the network, or set TF_PLUGIN_MIRROR to a folder made by terraform providers mirror`,
    );
  });
});
