/** Each bomb in a process of its own, at the limits that are the default: refused for its reason, at once and in little memory. */
import { VARIABLES } from "../../../modules/variables";
import { BOMBS } from "./bombs";
import { startGuard, type Trial } from "./guard";

export interface Defusal extends Trial {
  readonly name: string;
  readonly fileBytes: number;
  readonly isRight: boolean;
}

const LIMITS = {
  maxPixels: VARIABLES.max_image_pixels.default,
  maxSidePx: VARIABLES.max_image_side_px.default,
  maxFrames: VARIABLES.max_image_frames.default,
};

export const MAX_MS = 1_000;
export const MAX_PEAK_BYTES = 200e6;

export const defuse = async (): Promise<Defusal[]> => {
  const defusals: Defusal[] = [];
  for (const [name, { reason, make }] of Object.entries(BOMBS)) {
    const bytes = await make();
    const guard = startGuard();
    const trial = await guard.attempt({ bytes, limits: LIMITS });
    guard.stop();
    const isRefused = trial.outcome === "refused" && trial.detail === reason;
    const isRight = isRefused && trial.ms <= MAX_MS && trial.peakBytes <= MAX_PEAK_BYTES;
    defusals.push({ name, fileBytes: bytes.length, ...trial, isRight });
  }
  return defusals;
};
