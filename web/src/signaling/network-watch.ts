// Watches what a socket notices late or never: network changes and sleep.

import { type ClockReading, hasSlept, LOOK_EVERY_MS } from "../core/sleep-detection";

const BLIP_MS = 3_000;
/** Events within this time count as one change. */
const TOGETHER_MS = 1_000;

export interface NetworkActions {
  /** The network has been away for longer than a moment. */
  onGone: () => void;
  /** The network has changed, so an old socket may be dead. */
  onRenewed: () => void;
  /** The visitor looks at the page again. */
  onShown: () => void;
}

/** Not every browser has this, and `type` exists only on some devices. */
interface Connection extends EventTarget {
  readonly type?: string;
}

export function watchNetwork(actions: NetworkActions): void {
  let renewedAt = Number.NEGATIVE_INFINITY;
  const renewed = () => {
    if (performance.now() - renewedAt < TOGETHER_MS) return;
    renewedAt = performance.now();
    actions.onRenewed();
  };
  watchOnline(actions.onGone, renewed);
  watchType(renewed);
  watchSleep(renewed, actions.onShown);
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

/** Notices a direct change from one network to another. The event also comes when only the speed changes. */
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
    last = { ...last, hidden: false }; // a frozen tab ran no timer at all
    check();
  });
  document.addEventListener("visibilitychange", () => {
    check();
    if (!document.hidden) shown();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && woke());
}

function look(): ClockReading {
  return { wall: Date.now(), monotonic: performance.now(), hidden: document.hidden };
}
