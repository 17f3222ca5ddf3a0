// How long a call has lasted. Pure.

const MINUTE = 60;
const HOUR = 3_600;
/** In milliseconds. No call lasts longer, and a clock may have been set. */
const LONGEST = 24 * HOUR * 1_000;

/** Returns the time as minutes and seconds (`2:05`), from an hour on with hours (`1:00:00`). */
export function clockText(milliseconds: number, digits: (count: number) => string = String): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE)];
  const two = (count: number) => digits(Math.floor(count / 10)) + digits(count % 10);
  const rest = two(seconds % MINUTE);
  return hours > 0 ? `${digits(hours)}:${two(minutes)}:${rest}` : `${digits(minutes)}:${rest}`;
}

/** Returns the time as HTML has it in `<time datetime>`. */
export function durationOf(milliseconds: number): string {
  return `PT${Math.max(0, Math.floor(milliseconds / 1000))}S`;
}

/**
 * Reads when the call of this match began, in wall-clock milliseconds, from what this tab has stored. Returns
 * undefined if it is of another call, or of no possible time.
 */
export function beganAt(stored: string | null, match: string, now: number): number | undefined {
  const [of, at] = (stored ?? "").split(" ");
  const began = Number(at);
  return of === match && began > now - LONGEST && began <= now ? began : undefined;
}

export function keptStart(match: string, at: number): string {
  return `${match} ${at}`;
}
