/**
 * The pace of local time: in real time, 60 times as fast, or in jumps.
 *
 * An invocation runs in real time, so the clock does, too, as long as one is running, and a jump waits for its end.
 */
import { setImmediate as turn } from "node:timers/promises";
import { createClock } from "../sandbox/clock";
import type { ClockState } from "./protocol";

export interface Pace {
  now(): number;
  /** Resolves when the delay has passed in local time. */
  wait(delayMs: number, signal: AbortSignal): Promise<void>;
  state(): ClockState;
  setSpeed(speed: number): void;
  /** How many times as fast the clock runs during an invocation; 1 unless a fault needs it. */
  setRunningScale(scale: number): void;
  /** Adds to the current jump, if there is one. */
  jump(ms: number): void;
  /** Call it when an attempt begins and when it ends. */
  began(): void;
  ended(): void;
  stop(): void;
}

export interface PaceOptions {
  /** Called at each whole minute, in order; the clock waits for it. */
  readonly onMinute: (atMs: number) => Promise<void>;
  /** Called when speed, jump or the number of running attempts change. */
  readonly onChange: () => void;
}

interface Waiter {
  readonly dueMs: number;
  readonly resolve: () => void;
}

const MINUTE_MS = 60_000;

/** Timers of Node hold at most 2^31 ms. */
const LONGEST_TIMER_MS = 60_000;

export const createPace = ({ onMinute, onChange }: PaceOptions): Pace => {
  const clock = createClock(Date.now());
  clock.start();
  const waiters = new Set<Waiter>();
  let nextMinuteMs = (Math.floor(clock.now() / MINUTE_MS) + 1) * MINUTE_MS;
  let speed = 1;
  let runningScale = 1;
  let running = 0;
  let targetMs: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isStopped = false;

  const scale = () => (running > 0 ? runningScale : speed);
  const nextWaiter = (): Waiter | undefined => {
    let first: Waiter | undefined;
    for (const waiter of waiters) if (first === undefined || waiter.dueMs < first.dueMs) first = waiter;
    return first;
  };
  const nextDueMs = () => Math.min(nextMinuteMs, nextWaiter()?.dueMs ?? Infinity);

  const schedule = () => {
    clearTimeout(timer);
    if (isStopped || isRunning) return;
    const delayMs = Math.max(0, (nextDueMs() - clock.now()) / scale());
    timer = setTimeout(() => void run(), Math.min(delayMs, LONGEST_TIMER_MS));
  };

  const changed = () => {
    clock.setScale(scale());
    schedule();
    onChange();
  };

  /** Everything that is due by now, in order. */
  const fireDue = async () => {
    while (!isStopped && nextDueMs() <= clock.now()) {
      const waiter = nextWaiter();
      if (waiter !== undefined && waiter.dueMs <= nextMinuteMs) {
        waiter.resolve();
      } else {
        const atMs = nextMinuteMs;
        nextMinuteMs += MINUTE_MS;
        await onMinute(atMs);
      }
    }
  };

  const canJump = () => targetMs !== undefined && running === 0 && !isStopped;

  const run = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await fireDue();
      // A retry that was due begins in the meantime.
      await turn();
      while (canJump()) {
        const toMs = Math.min(targetMs ?? 0, nextDueMs());
        clock.skip(Math.max(0, toMs - clock.now()));
        if (clock.now() >= (targetMs ?? 0)) targetMs = undefined;
        await fireDue();
        await turn();
      }
    } finally {
      isRunning = false;
      changed();
    }
  };

  return {
    now: clock.now,
    wait: (delayMs, signal) =>
      new Promise((resolve) => {
        const end = () => {
          waiters.delete(waiter);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const waiter = { dueMs: clock.now() + delayMs, resolve: end };
        waiters.add(waiter);
        signal.addEventListener("abort", end);
        schedule();
      }),
    state: () => ({
      nowMs: clock.now(),
      speed,
      scale: scale(),
      running,
      jumpMs: targetMs === undefined ? 0 : Math.max(0, targetMs - clock.now()),
    }),
    setSpeed: (wanted) => {
      speed = wanted;
      changed();
    },
    setRunningScale: (wanted) => {
      runningScale = wanted;
      changed();
    },
    jump: (ms) => {
      targetMs = (targetMs ?? clock.now()) + ms;
      changed();
      void run();
    },
    began: () => {
      running += 1;
      changed();
    },
    ended: () => {
      running -= 1;
      changed();
      if (canJump()) void run();
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
};
