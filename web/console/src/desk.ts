// What every screen is given, and what it must be able to do.

import type { Api } from "./api";
import type { Action } from "./keys";
import type { Lines } from "./lines";
import type { Place } from "./places";
import type { Draft } from "./rules";
import type { Decision, Role, Who } from "./types";

export interface Desk {
  readonly api: Api;
  readonly who: Who;
  readonly lines: Lines;
  /** What was typed and not sent, by what it is about; it outlives the screen. */
  readonly drafts: { decisions: Map<string, Draft>; texts: Map<string, string> };
  may: (needed: Role) => boolean;
  go: (place: Place) => void;
  /** A short note that goes by itself. */
  toast: (text: string) => void;
  /** Words for screen readers alone. */
  announce: (text: string) => void;
  /** Somebody here has decided: offers to undo it. */
  decided: (decision: Decision, about: string) => void;
  now: () => number;
}

export interface Screen {
  root: HTMLElement;
  /** What has the focus at first; the heading where there is nothing better. */
  first?: HTMLElement;
  act?: (action: Action) => void;
  /** The queue is another than before. */
  queueChanged?: () => void;
  leave?: () => void;
}
