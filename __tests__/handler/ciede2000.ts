/** CIEDE2000 colour difference: 1 is about the smallest difference that is visible side by side. */

// Destructured once: in jest each `Math.` lookup goes through the global object of the test, which is ten times slower.
const { atan2, cbrt, cos, exp, hypot, PI, sin, sqrt } = Math;

/** L*, a*, b* under D65. */
export type Lab = readonly [number, number, number];

const LINEAR = Float64Array.from({ length: 256 }, (_, i) =>
  i / 255 <= 0.04045 ? i / 255 / 12.92 : ((i / 255 + 0.055) / 1.055) ** 2.4,
);

const curve = (t: number): number => (t > 216 / 24389 ? cbrt(t) : t * (841 / 108) + 4 / 29);

/** @returns the colour of 8-bit sRGB in CIELAB (IEC 61966-2-1) */
export const labOf = (red: number, green: number, blue: number): Lab => {
  const [r = 0, g = 0, b = 0] = [LINEAR[red], LINEAR[green], LINEAR[blue]];
  const x = curve((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = curve(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = curve((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const RADIAN = PI / 180;
const degrees = (a: number, b: number): number => (a === 0 && b === 0 ? 0 : (atan2(b, a) / RADIAN + 360) % 360);
const vividness = (chroma: number): number => sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7));

/** @returns the difference after ISO/CIE 11664-6, with all weights 1 */
export const ciede2000 = ([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number => {
  if (l1 === l2 && a1 === a2 && b1 === b2) return 0;
  const stretch = 1 + 0.5 * (1 - vividness((hypot(a1, b1) + hypot(a2, b2)) / 2));
  const [c1, c2] = [hypot(a1 * stretch, b1), hypot(a2 * stretch, b2)];
  const [h1, h2] = [degrees(a1 * stretch, b1), degrees(a2 * stretch, b2)];
  const turn = c1 * c2 === 0 ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const hue = c1 * c2 === 0 ? h1 + h2 : h1 + turn / 2;
  const [lightness, chroma] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const t =
    1 -
    0.17 * cos((hue - 30) * RADIAN) +
    0.24 * cos(2 * hue * RADIAN) +
    0.32 * cos((3 * hue + 6) * RADIAN) -
    0.2 * cos((4 * hue - 63) * RADIAN);
  const dL = (l2 - l1) / (1 + (0.015 * (lightness - 50) ** 2) / sqrt(20 + (lightness - 50) ** 2));
  const dC = (c2 - c1) / (1 + 0.045 * chroma);
  const dH = (2 * sqrt(c1 * c2) * sin((turn / 2) * RADIAN)) / (1 + 0.015 * chroma * t);
  const from275 = ((hue + 360) % 360) - 275;
  const twist = -2 * vividness(chroma) * sin(60 * exp(-((from275 / 25) ** 2)) * RADIAN);
  return sqrt(dL ** 2 + dC ** 2 + dH ** 2 + twist * dC * dH);
};
