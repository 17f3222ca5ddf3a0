// Watches from outside what a socket notices late or never: networks that go and come, and sleep.

import { hasSlept, LOOK_EVERY_MS, type Look } from "../core/sleep-detection";

const BLIP_MS = 3_000;
/** What happens together is one change. */
const TOGETHER_MS = 1_000;

export interface NetworkActions {
  /** There has been no network for longer than a blip. */
  gone: () => void;
  /** A socket from before may be dead without knowing it. */
  renewed: () => void;
  /** Somebody looks at the page again. */
  shown: () => void;
}

/** Not in every browser, and `type` only where there can be several. */
interface Connection extends EventTarget {
  readonly type?: string;
}

export function watchNetwork(actions: NetworkActions): void {
  let renewedAt = Number.NEGATIVE_INFINITY;
  const renewed = () => {
    if (performance.now() - renewedAt < TOGETHER_MS) return;
    renewedAt = performance.now();
    actions.renewed();
  };
  watchOnline(actions.gone, renewed);
  watchType(renewed);
  watchSleep(renewed, actions.shown);
}

function watchOnline(gone: () => void, back: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  addEventListener("offline", () => {
    clearTimeout(timer);
    timer = setTimeout(gone, BLIP_MS);
  });
  addEventListener("online", () => {
    clearTimeout(timer);
    back();
  });
}

/** From one network straight to another. The event also tells of mere changes of speed. */
function watchType(renewed: () => void): void {
  const { connection } = navigator as { connection?: Connection };
  let type = connection?.type;
  connection?.addEventListener("change", () => {
    if (connection.type === type) return;
    type = connection.type;
    if (type !== "none") renewed();
  });
}

function watchSleep(woke: () => void, shown: () => void): void {
  let last = look();
  const check = () => {
    const now = look();
    if (hasSlept(last, now)) woke();
    last = now;
  };
  setInterval(check, LOOK_EVERY_MS);
  document.addEventListener("resume", () => {
    last = { ...last, hidden: false }; // frozen is more than throttled: no timer ran at all
    check();
  });
  document.addEventListener("visibilitychange", () => {
    check();
    if (!document.hidden) shown();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && woke());
}

function look(): Look {
  return { wall: Date.now(), monotonic: performance.now(), hidden: document.hidden };
}
