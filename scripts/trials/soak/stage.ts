/** Plays the episodes of a soak: uploads what belongs together, then lets the events go, late, twice or in the wrong order. */

import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { CreatedObject } from "../../sandbox/s3-events";
import type { Sandbox } from "../../sandbox/sandbox";
import type { Episode, Picture } from "./episodes";

export interface Stage {
  /** When the events of an upload are delivered. */
  deliveries(object: CreatedObject): readonly Promise<unknown>[];
  /** To be called when all is over that an upload brought about. */
  settled(object: CreatedObject): Picture;
  /** Resolves when all episodes are over. */
  play(sandbox: Pick<Sandbox, "upload" | "remove" | "uploadBucket">, concurrency: number): Promise<void>;
}

/** Long enough for one invocation to be through before the next is likely to begin. */
const WAVE_MS = 60;

interface Scene {
  readonly episode: Episode;
  readonly pictures: Map<number, Picture>;
  readonly released: Promise<void>;
  release(): void;
  readonly over: Promise<void>;
  end(): void;
  settled: number;
}

const deferred = () => {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

const sceneOf = (episode: Episode): Scene => {
  const [release, over] = [deferred(), deferred()];
  return {
    episode,
    pictures: new Map(),
    released: release.promise,
    release: release.resolve,
    over: over.promise,
    end: over.resolve,
    settled: 0,
  };
};

export const createStage = (episodes: readonly Episode[]): Stage => {
  const scenes = new Map(episodes.map((episode) => [episode.key, sceneOf(episode)]));
  const sceneAt = ({ key }: Pick<CreatedObject, "key">): Scene => scenes.get(key) as Scene;

  return {
    deliveries: (object) => {
      const { episode, pictures, released } = sceneAt(object);
      const index = pictures.size;
      const picture = episode.pictures[index] as Picture;
      pictures.set(object.sequence, picture);
      const wave = episode.isNewestFirst ? episode.pictures.length - 1 - index : index;
      return Array.from({ length: picture.deliveries }, (_, repeat) =>
        released.then(() => sleep((wave + repeat / 2) * WAVE_MS)),
      );
    },
    settled: (object) => {
      const scene = sceneAt(object);
      scene.settled += 1;
      if (scene.settled === scene.episode.pictures.length) scene.end();
      return scene.pictures.get(object.sequence) as Picture;
    },
    play: async (sandbox, concurrency) => {
      const limit = pLimit(concurrency);
      const playOne = async ({ episode: { key, pictures, isRemoved }, release, over }: Scene) => {
        for (const { bytes } of pictures) await sandbox.upload(key, bytes);
        if (isRemoved) await sandbox.remove(sandbox.uploadBucket, key);
        release();
        await over;
      };
      await Promise.all([...scenes.values()].map((scene) => limit(playOne, scene)));
    },
  };
};
