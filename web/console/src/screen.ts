// Defines a screen, and what the app gives to each screen.

import type { Decision, Role, Session, StatementChoices } from "./api.generated";
import type { ApiClient } from "./api-client";
import type { CareStore } from "./care-store";
import type { DecisionDraft } from "./decision-draft";
import type { Action } from "./keyboard";
import type { Veil } from "./picture-viewing";
import type { QueueStore } from "./queue-store";
import type { Route } from "./routes";
import type { TeamStore } from "./team-store";

export interface ScreenContext {
  readonly api: ApiClient;
  readonly session: Session;
  readonly queue: QueueStore;
  readonly team: TeamStore;
  readonly care: CareStore;
  /** Holds what was typed but not sent, by the case or appeal that it is about. It outlives the screen. */
  readonly drafts: { decisions: Map<string, DecisionDraft>; texts: Map<string, string> };
  /** Holds how pictures are hidden. It outlives the screen, and a page that is loaded again hides them again. */
  readonly pictures: { veil: Veil };
  hasRole: (needed: Role) => boolean;
  navigate: (route: Route) => void;
  /** Shows a short message that disappears by itself. */
  toast: (text: string) => void;
  /** Says something to screen readers only. */
  announce: (text: string) => void;
  /** Shows a decision that was just made on this page, with a button that undoes it. */
  offerUndo: (decision: Decision, caseId: string) => void;
  now: () => number;
  /** The templates of statements, which moderators and above may read. */
  statements: () => Promise<StatementChoices>;
}

export interface Screen {
  root: HTMLElement;
  /** Takes the focus when the screen opens. Without one the heading takes it. */
  initialFocus?: HTMLElement;
  onAction?: (action: Action) => void;
  /** Runs when the queue, the state of the team, or the count of the moderator's pictures has changed. */
  onQueueChange?: () => void;
  dispose?: () => void;
}
