// Tells a device that slept from a throttled tab. Pure.

export interface ClockReading {
  /** Wall clock in milliseconds. It goes on while a device sleeps. */
  wall: number;
  /** Monotonic clock in milliseconds. It stops during sleep on most systems. */
  monotonic: number;
  hidden: boolean;
}

export const LOOK_EVERY_MS = 5_000;
const GAP_MS = 20_000;
/** Browsers let a hidden tab run once a minute, and its socket stays alive. */
const THROTTLED_MS = 90_000;

/** Returns whether the page did not run between two readings, so that its socket may be dead. */
export function hasSlept(before: ClockReading, now: ClockReading): boolean {
  const gap = now.wall - before.wall;
  const stoodStill = gap - (now.monotonic - before.monotonic);
  return gap >= (before.hidden ? THROTTLED_MS : GAP_MS) || stoodStill >= GAP_MS;
}
