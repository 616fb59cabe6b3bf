/** When an upload has ended: after its invocations, and after what they have stored. */
import { devStack } from "../../scripts/build/local-stack";
import { readBlueprint } from "../../scripts/sandbox/blueprint";
import type { Outcome } from "../../scripts/sandbox/lambda";
import { createDelivery } from "../../scripts/sandbox/outcomes";
import type { CreatedObject } from "../../scripts/sandbox/s3-events";

const objectIn = (bucket: string, key: string): CreatedObject => ({
  ...{ bucket, key, creation: "Put", eTag: "0".repeat(32), sizeBytes: 1, createdMs: 0, sequence: 1 },
});

it("reports every object that an invocation has stored before the end of the upload", async () => {
  const order: string[] = [];
  const described: (() => void)[] = [];
  const variant = new Promise<CreatedObject>((resolve) =>
    described.push(() => resolve(objectIn("image-processor-dev-processed-local", "photo_png.png"))),
  );
  const deliver = createDelivery({
    blueprint: readBlueprint(await devStack()),
    deliveries: () => [Promise.resolve()],
    onObjectCreated: ({ key }) => order.push(`created ${key}`),
    onSettled: ({ key }) => order.push(`ended ${key}`),
    invoke: async () => {
      void deliver(variant);
      // The server describes what it has stored only after the invocation has ended.
      setImmediate(() => described[0]?.());
      return { status: "success" } as Outcome;
    },
  });

  await deliver(Promise.resolve(objectIn("image-processor-dev-upload-local", "photo.jpg")));

  expect(order.indexOf("created photo_png.png")).toBe(1);
  expect(order.indexOf("ended photo.jpg")).toBeGreaterThan(1);
});
