/** Describes the machine of a benchmark: results of different machines are not comparable. */
import { arch, availableParallelism, cpus, loadavg, platform } from "node:os";
import sharp from "sharp";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly sharp: string;
  readonly libvips: string;
  /** @default Pillow is not installed */
  readonly pillow?: string;
  /** Load average of the last minute, before and after measuring. Above 0, wall times are not reliable. */
  readonly load: { readonly before: number; readonly after: number };
}

const load = (): number => Number((loadavg()[0] ?? 0).toFixed(2));

/** Call it before measuring, and `finished` after. */
export const machine = (pillow: string | undefined): { readonly finished: () => Machine } => {
  const before = load();
  return {
    finished: () => ({
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: availableParallelism(),
      system: `${platform()} ${arch()}`,
      node: process.versions.node,
      sharp: sharp.versions.sharp ?? "unknown",
      libvips: sharp.versions.vips,
      ...(pillow !== undefined && { pillow }),
      load: { before, after: load() },
    }),
  };
};

export const machineLine = ({ cpu, cores, system, node, sharp: version, libvips, pillow, load }: Machine): string =>
  [
    `${cpu}, ${cores} cores, ${system}`,
    `Node ${node}`,
    `sharp ${version} (libvips ${libvips})`,
    pillow ?? "no Pillow",
    `load ${load.before} before, ${load.after} after`,
  ].join("; ");
