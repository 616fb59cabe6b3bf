/** Requests to the upload API, as clients send them: healthy ones, and the causes of its alarms. */
import { serviceRefuses, TABLE_DENIED, tableDelays } from "../../faults/calls";
import type { Blueprint } from "../../sandbox/blueprint";
import { type FaultRun, type Recording, record } from "./recorded-run";
import type { Scenario } from "./scenario";

const WANTED = { name: "photo.jpg", contentType: "image/jpeg" };

/** How often a client asks for the state of its upload. */
const STATES = 4;

/** Uploads a picture by a link, and downloads a variant. Without a link, it does nothing: the API's metrics show why. */
export const uploadByLink = async ({ ask, settled }: FaultRun, picture: Buffer): Promise<void> => {
  const answer = await ask("POST", "/uploads", WANTED);
  if (answer.status !== 201) return;
  const { id, url, fields } = (await answer.json()) as { id: string; url: string; fields: Record<string, string> };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", new Blob([new Uint8Array(picture)]), WANTED.name);
  await fetch(url, { method: "POST", body: form });
  await settled();
  for (let i = 0; i < STATES; i += 1) {
    const { variants = {} } = (await (await ask("GET", `/images/${id}`)).json()) as {
      variants?: Record<string, { url: string }>;
    };
    const [variant] = Object.values(variants);
    if (variant !== undefined && i === 0) await (await fetch(variant.url)).arrayBuffer();
  }
};

/** Sends the same request several times, one after the other. */
const requests = (count: number, body: object) => async (faultRun: FaultRun) => {
  for (let i = 0; i < count; i += 1) await (await faultRun.ask("POST", "/uploads", body)).text();
};

type Cause = Pick<Scenario, "cause" | "counts" | "scaled" | "run">;

/** Several times the minimum sample, so that healthy requests do not outweigh them. */
const MANY = 4;

/** A minute of the clock takes six seconds. */
const SLOW_SCALE = 10;

/** A second of the clock takes ten, so that the answers of a busy machine are not slow. */
const PATIENT_SCALE = 0.1;

const slowly = (blueprint: Blueprint, count: number): Promise<Recording> => {
  const watches = blueprint.alarms.find(({ name }) => name.endsWith("-upload-api-latency"))?.watches ?? [];
  const expression = "statistic" in watches ? undefined : watches.find(({ returnData }) => returnData)?.expression;
  const [, limitMs = 0] = [...(expression ?? "").matchAll(/>= (\d+)/g)].map(([, number]) => Number(number));
  const conditions = {
    blueprint,
    scale: SLOW_SCALE,
    isPermanent: true,
    onCall: tableDelays(limitMs / SLOW_SCALE),
  } as const;
  return record(conditions, requests(count, WANTED));
};

/** By the alarm's name without the function's name: add a row. */
export const UPLOAD_CAUSES = {
  "upload-api-errors": {
    cause: "DynamoDB denies the records of upload links",
    counts: {},
    run: (blueprint, least) =>
      record(
        { blueprint, scale: PATIENT_SCALE, isPermanent: true, onCall: serviceRefuses("dynamodb", TABLE_DENIED) },
        requests(MANY * least, WANTED),
      ),
  },
  "upload-api-refusals": {
    cause: "clients ask for links for files that are no pictures",
    counts: {},
    run: (blueprint, least) =>
      record(
        { blueprint, scale: PATIENT_SCALE },
        requests(MANY * least, { name: "notes.txt", contentType: "text/plain" }),
      ),
  },
  "upload-api-latency": {
    cause: "DynamoDB answers slowly",
    counts: {},
    scaled: () => `the clock runs ${SLOW_SCALE} times as fast`,
    run: slowly,
  },
  "links-unused": {
    cause: "clients ask for upload links and use none",
    counts: {},
    run: (blueprint, least) => record({ blueprint, scale: PATIENT_SCALE }, requests(MANY * least, WANTED)),
  },
} as const satisfies Record<string, Cause>;
