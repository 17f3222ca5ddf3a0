// Calls to start tests with, and helpers to read them.

import { begin, step as stepAt } from "../src/core/call";
import type { Call, CallEvent, Effect, Step, Wish } from "../src/core/call/state";
import type { FromBrowser, Ice, Matched, Resumed, ToBrowser, Welcome } from "../src/messages.generated";

export const wish: Wish = { mode: "video", interests: ["chess"], languages: ["de"] };
export const ice: Ice = { servers: [{ urls: ["turn:a"], username: "1", credential: "1" }], policy: "all" };
export const welcome: Welcome = {
  type: "welcome",
  visitor: "v",
  gateway: "g",
  memory: "n0",
  ice: { policy: "all" },
};
export const matched: Matched = {
  type: "matched",
  match: "m1",
  polite: true,
  pass: "p1",
  memory: "n1",
  partner: { languages: ["de"], shared_interests: ["chess"] },
  ice,
};
export const resumed: Resumed = { match: "m1", polite: true, pass: "p2", partner_here: true, ice };
export const start: CallEvent = { type: "start", wish };
export const lost: CallEvent = { type: "connection_lost" };
export const frame = (message: ToBrowser): CallEvent => ({ type: "frame", frame: message });
export const inCall: CallEvent[] = [start, frame(welcome), frame(matched)];

/** An event, with its second if that matters. */
type Timed = CallEvent | [second: number, event: CallEvent];

/** Runs an event. A new stranger appears at once, so that a Next means them (`second-press.test.ts`). */
export function step(call: Call, event: CallEvent, second = 0): Step {
  const [after, effects] = stepAt(call, event, second * 1000);
  const met = event.type === "frame" && event.frame.type === "matched";
  return [met ? stepAt(after, { type: "appeared" }, second * 1000)[0] : after, effects];
}

/** Returns the state after these events, and the effects of the last one. */
export function reach(...events: Timed[]): Step {
  return onFrom(begin(true), ...events);
}

export function onFrom(call: Call, ...events: Timed[]): Step {
  let now: Step = [call, []];
  for (const event of events) {
    const [second, what] = Array.isArray(event) ? event : [0, event];
    now = step(now[0], what, second);
  }
  return now;
}

export function sent(effects: Effect[]): FromBrowser[] {
  return effects.filter((effect) => effect.type === "send").map((effect) => effect.message);
}

/** Returns the codes of all notices. */
export function told(effects: Effect[]): string[] {
  return effects.filter((effect) => effect.type === "notify").map((effect) => effect.notice.code);
}
