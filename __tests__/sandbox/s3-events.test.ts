/** S3 events, and the notifications that match them. */
import { type CreatedObject, encodeKey, isMatch, type RemovedObject, s3Event } from "../../scripts/sandbox/s3-events";

const OBJECT: CreatedObject = {
  bucket: "uploads",
  key: "trip/été & co+1.jpg",
  sizeBytes: 3,
  eTag: "900150983cd24fb0d6963f7d28e17f72",
  creation: "Put",
  createdMs: Date.UTC(2026, 0, 1),
  sequence: 255,
};

const REMOVED: RemovedObject = {
  bucket: "uploads",
  key: "trip/été & co+1.jpg",
  removal: "DeleteMarkerCreated",
  removedMs: Date.UTC(2026, 0, 1),
  sequence: 255,
  versionId: "marker",
};

const NOTIFICATION = { bucket: "uploads", id: "n", events: ["s3:ObjectCreated:*"], prefix: "", suffix: "" };

describe("an S3 event", () => {
  it("has the documented structure", () => {
    const bucket = { name: "uploads", arn: "arn:aws:s3:::uploads", versioned: false };

    const event = s3Event(OBJECT, bucket, { configurationId: "n", region: "eu-west-1" });

    expect(event).toEqual({
      Records: [
        {
          eventVersion: "2.1",
          eventSource: "aws:s3",
          awsRegion: "eu-west-1",
          eventTime: "2026-01-01T00:00:00.000Z",
          eventName: "ObjectCreated:Put",
          userIdentity: { principalId: expect.any(String) },
          requestParameters: { sourceIPAddress: "127.0.0.1" },
          responseElements: { "x-amz-request-id": expect.any(String), "x-amz-id-2": expect.any(String) },
          s3: {
            s3SchemaVersion: "1.0",
            configurationId: "n",
            bucket: { ...{ name: "uploads", arn: "arn:aws:s3:::uploads" }, ownerIdentity: expect.any(Object) },
            object: {
              key: "trip/%C3%A9t%C3%A9+%26+co%2B1.jpg",
              size: 3,
              eTag: "900150983cd24fb0d6963f7d28e17f72",
              sequencer: "0000000000000000FF",
            },
          },
        },
      ],
    });
  });

  it("has the object's version, if any", () => {
    const bucket = { name: "uploads", arn: "arn:aws:s3:::uploads", versioned: true };
    const object = { ...OBJECT, versionId: "v1" };

    const [record] = s3Event(object, bucket, { configurationId: "n", region: "eu-west-1" }).Records;

    expect(record?.s3.object.versionId).toBe("v1");
  });

  it("has the delete marker of a deleted object, and neither size nor ETag of an object that is gone", () => {
    const bucket = { name: "uploads", arn: "arn:aws:s3:::uploads", versioned: true };
    const { versionId: _versionId, ...gone } = { ...REMOVED, removal: "Delete" } as const;

    const [marked, deleted] = [REMOVED, gone].map(
      (object) => s3Event(object, bucket, { configurationId: "n", region: "eu-west-1" }).Records[0],
    );

    expect([marked?.eventName, deleted?.eventName]).toEqual([
      "ObjectRemoved:DeleteMarkerCreated",
      "ObjectRemoved:Delete",
    ]);
    const place = { key: "trip/%C3%A9t%C3%A9+%26+co%2B1.jpg", sequencer: "0000000000000000FF" };
    expect(marked?.s3.object).toEqual({ ...place, eTag: "d41d8cd98f00b204e9800998ecf8427e", versionId: "marker" });
    expect(deleted?.s3.object).toEqual(place);
    expect(marked?.eventTime).toBe("2026-01-01T00:00:00.000Z");
  });

  it("encodes keys as HTML forms do", () => {
    expect(encodeKey("a b/ü+%.png")).toBe("a+b/%C3%BC%2B%25.png");
  });
});

describe("a notification", () => {
  // biome-ignore format: a table is read down its columns
  it.each([
    [true,  {}],
    [true,  { events: ["s3:ObjectCreated:Put"] }],
    [true,  { prefix: "trip/", suffix: ".jpg" }],
    [false, { events: ["s3:ObjectCreated:Copy"] }],
    [false, { events: ["s3:ObjectRemoved:*"] }],
    [false, { suffix: ".JPG" }],
    [false, { prefix: "Trip/" }],
    [false, { bucket: "others" }],
  ])("wants it: %s with %j", (wanted, changes) => {
    expect(isMatch(OBJECT, { ...NOTIFICATION, ...changes })).toBe(wanted);
  });

  it.each([
    [true, "s3:ObjectRemoved:*"],
    [true, "s3:ObjectRemoved:DeleteMarkerCreated"],
    [false, "s3:ObjectRemoved:Delete"],
    [false, "s3:ObjectCreated:*"],
    [false, "s3:LifecycleExpiration:*"],
  ])("wants a deleted object: %s with %s", (wanted, event) => {
    expect(isMatch(REMOVED, { ...NOTIFICATION, events: [event] })).toBe(wanted);
  });
});
