/** Commands that the console shows, ready to copy. */
import { hintsOf } from "../../scripts/console/hints";

const commandOf = (uploadBucket: string): string | undefined =>
  hintsOf({
    environment: "dev",
    uploadBucket,
    s3Url: "http://127.0.0.1:1",
    apiUrl: undefined,
    alarm: "log-errors",
  }).find(({ id }) => id === "uploadAws")?.command;

describe("the command that uploads to AWS", () => {
  it("finds a bucket whose name AWS has completed", () => {
    expect(commandOf("acme-upload-local")).toBe(
      `aws s3 cp photo.jpg "s3://$(aws s3api list-buckets --query "Buckets[?starts_with(Name, 'acme-upload-')].Name | [0]" --output text)/"`,
    );
  });

  it("names a bucket that existed before", () => {
    expect(commandOf("acme-in")).toBe('aws s3 cp photo.jpg "s3://acme-in/"');
  });
});
