/** Everything that a sandbox still has to wait for, and the events with which S3 invokes the function. */
import type { Blueprint } from "./blueprint";
import type { Outcome } from "./lambda";
import { keep } from "./observations";
import { type ChangedObject, type CreatedObject, isMatch, s3Event } from "./s3-events";

export interface Outcomes {
  expect(outcome: Promise<readonly Outcome[]>): void;
  /** Resolves when everything expected so far has ended, and what it has led to. */
  settled(): Promise<readonly Outcome[]>;
}

/** Also waits for promises that are added in the meantime. */
const allOf = async <T>(promises: readonly Promise<readonly T[]>[]): Promise<readonly T[]> => {
  const results = await Promise.all(promises);
  return results.length === promises.length ? results.flat() : allOf(promises);
};

/** @param history how many outcomes are kept, at least */
export const createOutcomes = (history: number): Outcomes => {
  const outcomes: Promise<readonly Outcome[]>[] = [];
  return { expect: (outcome) => keep(outcomes, outcome, history), settled: () => allOf(outcomes) };
};

/** @returns the event of each notification that matches a change of an object */
export const eventsOf = (object: ChangedObject, { buckets, notifications, region }: Blueprint): unknown[] =>
  buckets
    .filter(({ name }) => name === object.bucket)
    .flatMap((bucket) =>
      notifications
        .filter((notification) => isMatch(object, notification))
        .map(({ id: configurationId }) => s3Event(object, bucket, { configurationId, region })),
    );

interface DeliveryOptions {
  readonly blueprint: Blueprint;
  readonly invoke: (event: unknown) => Promise<Outcome>;
  /** S3 delivers the event of an object each time one of these resolves. */
  readonly deliveries: (object: CreatedObject) => readonly Promise<unknown>[];
  readonly onObjectCreated: ((object: CreatedObject) => void) | undefined;
  readonly onSettled: ((object: CreatedObject, outcomes: readonly Outcome[]) => void) | undefined;
}

/** @returns a function that invokes the function for an object that is being stored */
export const createDelivery = ({ blueprint, invoke, deliveries, onObjectCreated, onSettled }: DeliveryOptions) => {
  const announcing = new Set<Promise<CreatedObject>>();
  const announce = async (created: Promise<CreatedObject>): Promise<CreatedObject> => {
    announcing.add(created);
    try {
      const object = await created;
      onObjectCreated?.(object);
      return object;
    } finally {
      announcing.delete(created);
    }
  };
  return async (created: Promise<CreatedObject>): Promise<Outcome[]> => {
    const object = await announce(created);
    const delivered = deliveries(object).map(async (moment) => {
      await moment;
      return Promise.all(eventsOf(object, blueprint).map(invoke));
    });
    const results = (await Promise.all(delivered)).flat();
    // An invocation can end before the objects that it has stored are described.
    await Promise.allSettled(announcing);
    onSettled?.(object, results);
    return results;
  };
};
