/** Runs each bomb in its own process with the default limits: it must be refused for its reason, quickly and in little memory. */
import { VARIABLES } from "../../../modules/variables";
import { BOMBS } from "./bombs";
import { type Attempt, startWorker } from "./worker-handle";

export interface BombResult extends Attempt {
  readonly name: string;
  readonly fileBytes: number;
  readonly isRight: boolean;
}

const LIMITS = {
  maxPixels: VARIABLES.max_image_pixels.default,
  maxSidePx: VARIABLES.max_image_side_px.default,
  maxFrames: VARIABLES.max_image_frames.default,
};

const MAX_MS = 1_000;
const MAX_PEAK_BYTES = 200e6;

export const runBombs = async (): Promise<BombResult[]> => {
  const results: BombResult[] = [];
  for (const [name, { reason, make }] of Object.entries(BOMBS)) {
    const bytes = await make();
    const worker = startWorker();
    const attempt = await worker.attempt({ bytes, limits: LIMITS });
    worker.stop();
    const isRefused = attempt.outcome === "refused" && attempt.detail === reason;
    const isRight = isRefused && attempt.ms <= MAX_MS && attempt.peakBytes <= MAX_PEAK_BYTES;
    results.push({ name, fileBytes: bytes.length, ...attempt, isRight });
  }
  return results;
};
