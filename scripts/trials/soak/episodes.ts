/** The uploads of a soak: small pictures and invalid files, some replaced, repeated, deleted, or with late or duplicate events. */
import sharp from "sharp";
import { oneOf, type Random } from "../seeded-random";
import { keyOf } from "./faults";

export type Colour = readonly [red: number, green: number, blue: number];

export interface Picture {
  readonly bytes: Buffer;
  /** Colour of all its pixels. @default the file is invalid */
  readonly colour?: Colour;
  /** How often S3 delivers its event. */
  readonly deliveries: number;
}

/** One key, and what happens to it. */
export interface Episode {
  readonly key: string;
  /** Uploaded one after the other, before any event is delivered. */
  readonly pictures: readonly Picture[];
  /** The event of the newest upload is delivered first. */
  readonly isNewestFirst: boolean;
  /** The object is deleted before the events are delivered. */
  readonly isRemoved: boolean;
}

/** Frequencies per thousand episodes ("bad" and "twice": per thousand pictures). */
const PERMILLE = { bad: 60, replaced: 80, repeated: 40, newestFirst: 500, removed: 30, twice: 50 } as const;

const FORMATS = ["jpeg", "png", "webp", "tiff"] as const;

/** Avoids grey, so that the inverted colour is clearly different. */
const colourOf = (random: Random, key: string): Colour => {
  const channel = (name: string) => {
    const level = random(key, name) * 160;
    return Math.round(level < 80 ? level : level + 95);
  };
  return [channel("red"), channel("green"), channel("blue")];
};

const opposite = ([red, green, blue]: Colour): Colour => [255 - red, 255 - green, 255 - blue];

const paint = ([r, g, b]: Colour, format: (typeof FORMATS)[number]): Promise<Buffer> =>
  sharp({ create: { width: 48, height: 32, channels: 3, background: { r, g, b } } })
    .toFormat(format)
    .toBuffer();

/** Files that the function refuses. */
const BAD: readonly [(good: Buffer) => Buffer, ...((good: Buffer) => Buffer)[]] = [
  () => Buffer.alloc(0),
  () => Buffer.from("Dear diary, today nothing was photographed.\n"),
  (good) => good.subarray(0, Math.floor(good.length / 2)),
];

/** @param uploads remaining uploads: the episode has no more than these */
const episodeOf = async (
  random: Random,
  number: number,
  uploads: number,
  times: number | undefined,
): Promise<Episode> => {
  const key = keyOf(number);
  const happens = (what: keyof typeof PERMILLE, ...about: string[]) =>
    random(key, what, ...about) * 1_000 < PERMILLE[what];
  const deliveries = (which: string) => times ?? (happens("twice", which) ? 2 : 1);
  const colour = colourOf(random, key);
  const good = await paint(colour, oneOf(FORMATS, random(key, "format")));
  const first: Picture = happens("bad")
    ? { bytes: oneOf(BAD, random(key, "bytes"))(good), deliveries: deliveries("first") }
    : { bytes: good, colour, deliveries: deliveries("first") };
  const second: Picture | undefined = happens("repeated")
    ? { ...first, deliveries: deliveries("second") }
    : happens("replaced")
      ? { bytes: await paint(opposite(colour), "png"), colour: opposite(colour), deliveries: deliveries("second") }
      : undefined;
  return {
    key,
    pictures: second === undefined || uploads < 2 ? [first] : [first, second],
    isNewestFirst: happens("newestFirst"),
    isRemoved: happens("removed"),
  };
};

/** @param times how often each event is delivered @default a few are delivered twice @returns episodes with `uploads` uploads in total */
export const episodesOf = async (random: Random, uploads: number, times?: number): Promise<Episode[]> => {
  const episodes: Episode[] = [];
  for (let left = uploads; left > 0; left -= episodes.at(-1)?.pictures.length ?? 0)
    episodes.push(await episodeOf(random, episodes.length, left, times));
  return episodes;
};

/** @returns how often each irregularity occurs */
export const irregularitiesOf = (episodes: readonly Episode[]): Record<string, number> => {
  const pictures = episodes.flatMap((episode) => episode.pictures);
  const pairs = episodes.filter((episode) => episode.pictures.length > 1);
  const isRepeat = ({ pictures: [first, second] }: Episode) => first?.bytes === second?.bytes;
  return {
    "invalid file": pictures.filter(({ colour }) => colour === undefined).length,
    "replaced by another": pairs.filter((episode) => !isRepeat(episode)).length,
    "uploaded again": pairs.filter(isRepeat).length,
    "newest event first": pairs.filter(({ isNewestFirst }) => isNewestFirst).length,
    "event delivered twice": pictures.filter(({ deliveries }) => deliveries > 1).length,
    "deleted before its event": episodes.filter(({ isRemoved }) => isRemoved).length,
  };
};
