/** Plays the episodes of a soak: uploads the pictures of a key, then releases their events late, twice or in the wrong order. */
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import type { CreatedObject } from "../../sandbox/s3-events";
import type { Sandbox } from "../../sandbox/sandbox";
import type { Random } from "../seeded-random";
import type { Episode, Picture } from "./episodes";

export interface EpisodePlayer {
  /** Promises for the deliveries of an upload's event. */
  deliveries(object: CreatedObject): readonly Promise<unknown>[];
  /** Call it when all invocations of an upload have ended. */
  settled(object: CreatedObject): Picture;
  /** Resolves when all episodes have ended. */
  play(sandbox: Pick<Sandbox, "upload" | "remove" | "uploadBucket">, concurrency: number): Promise<void>;
}

/** Usually long enough for one invocation to end before the next one starts. */
const WAVE_MS = 60;

/** Long enough for every order of the deliveries of a key. */
const SHUFFLED_WAVES = 4;

interface EpisodeState {
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

const episodeState = (episode: Episode): EpisodeState => {
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

/** @param random shuffles the deliveries of a key whose events are all delivered several times */
export const createEpisodePlayer = (episodes: readonly Episode[], random: Random): EpisodePlayer => {
  const states = new Map(episodes.map((episode) => [episode.key, episodeState(episode)]));
  const stateAt = ({ key }: Pick<CreatedObject, "key">): EpisodeState => states.get(key) as EpisodeState;

  const isShuffled = episodes.every(({ pictures }) => pictures.every(({ deliveries }) => deliveries > 1));
  const shuffle = (...about: (string | number)[]) => (isShuffled ? SHUFFLED_WAVES * random("shuffled", ...about) : 0);

  return {
    deliveries: (object) => {
      const { episode, pictures, released } = stateAt(object);
      const index = pictures.size;
      const picture = episode.pictures[index] as Picture;
      pictures.set(object.sequence, picture);
      const wave = episode.isNewestFirst ? episode.pictures.length - 1 - index : index;
      return Array.from({ length: picture.deliveries }, (_, repeat) =>
        released.then(() => sleep((wave + repeat / 2 + shuffle(episode.key, index, repeat)) * WAVE_MS)),
      );
    },
    settled: (object) => {
      const state = stateAt(object);
      state.settled += 1;
      if (state.settled === state.episode.pictures.length) state.end();
      return state.pictures.get(object.sequence) as Picture;
    },
    play: async (sandbox, concurrency) => {
      const limit = pLimit(concurrency);
      const playOne = async ({ episode: { key, pictures, isRemoved }, release, over }: EpisodeState) => {
        for (const { bytes } of pictures) await sandbox.upload(key, bytes);
        if (isRemoved) await sandbox.remove(sandbox.uploadBucket, key);
        release();
        await over;
      };
      await Promise.all([...states.values()].map((state) => limit(playOne, state)));
    },
  };
};
