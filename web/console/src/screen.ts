// What every screen is given, and what it must be able to do.

import type { ApiClient } from "./api-client";
import type { DecisionDraft } from "./decision-draft";
import type { Action } from "./keyboard";
import type { QueueStore } from "./queue-store";
import type { Route } from "./routes";
import type { Decision, Role, Session } from "./types";

export interface ScreenContext {
  readonly api: ApiClient;
  readonly session: Session;
  readonly queue: QueueStore;
  /** What was typed and not sent, by what it is about; it outlives the screen. */
  readonly drafts: { decisions: Map<string, DecisionDraft>; texts: Map<string, string> };
  hasRole: (needed: Role) => boolean;
  navigate: (route: Route) => void;
  /** A short note that goes by itself. */
  toast: (text: string) => void;
  /** Words for screen readers alone. */
  announce: (text: string) => void;
  /** Somebody here has decided: offers to undo it. */
  offerUndo: (decision: Decision, caseId: string) => void;
  now: () => number;
}

export interface Screen {
  root: HTMLElement;
  /** What has the focus at first; the heading where there is nothing better. */
  initialFocus?: HTMLElement;
  onAction?: (action: Action) => void;
  /** The queue is another than before. */
  onQueueChange?: () => void;
  dispose?: () => void;
}
