// Tells a device that slept from a tab that the browser only throttles. Pure.

export interface Look {
  /** Milliseconds of the wall clock, which goes on while a device sleeps. */
  wall: number;
  /** Milliseconds of a clock that stands still meanwhile on most systems. */
  monotonic: number;
  hidden: boolean;
}

export const LOOK_EVERY_MS = 5_000;
const GAP_MS = 20_000;
/** Browsers let a hidden tab run once a minute, and its socket lives on. */
const THROTTLED_MS = 90_000;

/** Whether the page was not running between two looks, so that a socket from before may be dead. */
export function hasSlept(before: Look, now: Look): boolean {
  const gap = now.wall - before.wall;
  const stoodStill = gap - (now.monotonic - before.monotonic);
  return gap >= (before.hidden ? THROTTLED_MS : GAP_MS) || stoodStill >= GAP_MS;
}
