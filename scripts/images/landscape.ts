/** Paints a landscape from a few colours and a seed: sky, sun, clouds, hills in haze, a lake with their reflection, firs. */

type Colour = readonly [red: number, green: number, blue: number];

/** Parameters of a landscape. Positions and lengths are fractions of the picture's height; `sunAt` is [across, down]. */
export interface Scene {
  readonly seed: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly zenith: Colour;
  readonly horizon: Colour;
  readonly sun: Colour;
  readonly sunAt: readonly [number, number];
  readonly sunRadius: number;
  readonly farHill: Colour;
  readonly nearHill: Colour;
  readonly water: Colour;
  readonly trees: Colour;
  /** Share of the sky's pixels that are stars. */
  readonly stars: number;
  /** Noise of the film, in levels of 255. */
  readonly grain: number;
}

/** Local names, because the inner loops call these functions a hundred million times. */
const { abs, floor, imul, max, min, round, sqrt } = Math;

const clamp = (value: number): number => min(1, max(0, value));

const between = (a: number, b: number, share: number): number => a + (b - a) * share;

const mix = (a: Colour, b: Colour, share: number): Colour => [
  between(a[0], b[0], share),
  between(a[1], b[1], share),
  between(a[2], b[2], share),
];

const smooth = (from: number, to: number, value: number): number => {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
};

/** A number from 0 to 1 that looks random but depends on the position only: integer arithmetic, the same on every machine. */
const random = (x: number, y: number, seed: number): number => {
  let hash = imul(x, 0x27d4eb2d) ^ imul(y, 0x165667b1) ^ imul(seed, 0x9e3779b1);
  hash = imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};

const noise = (x: number, y: number, seed: number): number => {
  const left = floor(x);
  const top = floor(y);
  const across = smooth(0, 1, x - left);
  const down = smooth(0, 1, y - top);
  const above = between(random(left, top, seed), random(left + 1, top, seed), across);
  return between(above, between(random(left, top + 1, seed), random(left + 1, top + 1, seed), across), down);
};

/** Noise with detail: each octave twice as fine and half as strong; from 0 to 1. */
const fractal = (x: number, y: number, seed: number, octaves: number): number => {
  let sum = 0;
  for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2) {
    sum += noise(x * scale, y * scale, seed + octave) / scale;
  }
  return sum / (2 - 2 ** (1 - octaves));
};

const HILLS = 5;
const SHORE = 0.66;

const sky = (scene: Scene, x: number, y: number): Colour => {
  const distance = sqrt((x - scene.sunAt[0]) ** 2 + (y - scene.sunAt[1]) ** 2);
  const base = mix(scene.zenith, scene.horizon, smooth(-0.05, SHORE, y));
  const glowing = mix(base, scene.sun, (0.7 * scene.sunRadius) / (scene.sunRadius + distance));
  const cloud = smooth(0.52, 0.8, fractal(x * 2.2, y * 9, scene.seed + 100, 4)) * smooth(SHORE, 0.2, y);
  const clouded = mix(glowing, mix(scene.horizon, [255, 255, 255], 0.35), cloud * 0.55);
  return mix(clouded, scene.sun, smooth(scene.sunRadius * 1.06, scene.sunRadius * 0.94, distance));
};

/** Number of pixels beyond either edge that a reflection may read. */
const MARGIN_PX = 200;

/** The ridge of a hill, counted from the farthest: its distance from the top, for each column. */
const ridgeLine = ({ seed, widthPx, heightPx }: Scene, hill: number): Float64Array =>
  Float64Array.from({ length: widthPx + 2 * MARGIN_PX }, (_, index) => {
    const x = (index - MARGIN_PX) / heightPx;
    const rise = fractal(x * (1.5 + hill * 0.5), hill * 7.3, seed + 200, 6) - 0.42;
    return 0.44 + 0.045 * hill - (0.2 - 0.022 * hill) * rise;
  });

interface View extends Scene {
  readonly ridges: readonly Float64Array[];
}

const ridge = (view: View, hill: number, x: number): number =>
  view.ridges[hill]?.[round(x * view.heightPx) + MARGIN_PX] ?? 1;

const land = (view: View, x: number, y: number): Colour => {
  for (let hill = HILLS - 1; hill >= 0; hill--) {
    const below = y - ridge(view, hill, x);
    if (below < 0) continue;
    const near = hill / (HILLS - 1);
    const colour = mix(view.farHill, view.nearHill, near);
    const mist = mix(colour, mix(view.farHill, view.horizon, 0.5), smooth(0.02, 0.22, below) * (1 - near) * 0.6);
    const shade = (fractal(x * 30, y * 45, view.seed + 300 + hill, 3) - 0.5) * 0.22 * near;
    return mix(mist, shade > 0 ? view.farHill : view.trees, abs(shade));
  }
  return sky(view, x, y);
};

const lake = (view: View, x: number, y: number): Colour => {
  const depth = (y - SHORE) / (1 - SHORE);
  const wave = fractal(x * (14 - 8 * depth), 60 * sqrt(depth), view.seed + 400, 3) - 0.5;
  const mirrored = land(view, x + wave * 0.05 * depth, SHORE - (y - SHORE) * 0.95 + wave * (0.03 + 0.1 * depth));
  const reflected = mix(mirrored, view.water, 0.25 + 0.35 * depth);
  const path = abs(x - view.sunAt[0]) / (0.03 + 0.16 * depth);
  const glitter = smooth(0.06, 0.28, wave + 0.1) * smooth(1, 0, path);
  return mix(mix(reflected, view.trees, clamp(-wave) * 0.4), view.sun, glitter * 0.75);
};

const FIR_SPACING = 0.045;

/** Whether a position is within a fir on the near shore: cones of saw-toothed branches, taller towards the left edge. */
const inFirs = (scene: Scene, x: number, y: number): boolean => {
  const ground = 0.9 + 0.14 * x + 0.02 * fractal(x * 6, 0.5, scene.seed + 500, 4);
  if (y > ground) return true;
  const cell = floor(x / FIR_SPACING);
  for (let fir = cell - 1; fir <= cell + 1; fir++) {
    const height = (0.12 + 0.26 * random(fir, 1, scene.seed)) * smooth(0.75, 0.05, x) + 0.02;
    const middle = (fir + 0.25 + 0.5 * random(fir, 2, scene.seed)) * FIR_SPACING;
    const down = (y - (ground - height)) / height;
    const branch = 0.6 + 0.4 * ((down * (7 + height * 30)) % 1);
    if (down > 0 && abs(x - middle) < down * height * 0.17 * branch) return true;
  }
  return false;
};

const colourAt = (view: View, x: number, y: number, star: boolean): Colour => {
  if (inFirs(view, x, y)) return view.trees;
  if (y >= SHORE) return lake(view, x, y);
  const colour = land(view, x, y);
  return star && y < ridge(view, 0, x) ? mix(colour, view.sun, 0.8) : colour;
};

/**
 * Uses only exact floating-point operations (no powers, no sines), so that every machine paints the same picture.
 *
 * @returns 8-bit RGB, row by row from the top left
 */
export const paint = (scene: Scene): Buffer => {
  const { widthPx, heightPx } = scene;
  const view = { ...scene, ridges: Array.from({ length: HILLS }, (_, hill) => ridgeLine(scene, hill)) };
  const pixels = Buffer.alloc(widthPx * heightPx * 3);
  for (let row = 0; row < heightPx; row++) {
    for (let column = 0; column < widthPx; column++) {
      const [x, y] = [column / heightPx, row / heightPx];
      const grain = (random(column, row, scene.seed + 700) - 0.5) * scene.grain;
      const colour = colourAt(view, x, y, random(column, row, scene.seed + 600) < scene.stars);
      for (let channel = 0; channel < 3; channel++) {
        pixels[(row * widthPx + column) * 3 + channel] = round(clamp(((colour[channel] ?? 0) + grain) / 255) * 255);
      }
    }
  }
  return pixels;
};
