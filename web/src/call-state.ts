// The words of a call: what the page knows, what can happen to it, and what it then asks to be done.

import type { Relaxable } from "./hints";
import type {
  Banned,
  Candidates,
  Description,
  Ended,
  Find,
  FromBrowser,
  Ice,
  Mode,
  Partner,
  ToBrowser,
} from "./messages.generated";
import type { Link } from "./peer";
import type { Parting } from "./reconnect";

export type Phase = "consent" | "idle" | "searching" | "matched" | "reconnecting" | "banned";

export type Wish = Omit<Find, "type">;

export interface Line {
  id: string;
  from: "me" | "stranger";
  text: string;
}

/** One match, seen from this side. */
export interface Meeting {
  match: string;
  pass: string;
  polite: boolean;
  partner: Partner;
  ice: Ice;
  mode: Mode;
  lines: readonly Line[];
  link: Link;
  away: boolean;
}

export interface Search {
  waiting: number;
  stage: number;
  widensIn?: number;
  /** What in the wish keeps it waiting, as the gateway names it. */
  hint?: string;
}

export interface Call {
  phase: Phase;
  /** The socket was welcomed and is up. */
  online: boolean;
  ice?: Ice | undefined;
  wish?: Wish | undefined;
  meeting?: Meeting | undefined;
  search?: Search | undefined;
  /** Why the last match ended, if the stranger or the network ended it. */
  ended?: Ended["reason"] | undefined;
  ban?: Banned | undefined;
}

export type Happening =
  | { type: "agreed" }
  | { type: "start"; wish: Wish }
  | { type: "next" }
  | { type: "stop" }
  | { type: "relax"; relax: Relaxable }
  | { type: "say"; text: string; id: string }
  | { type: "typing" }
  | { type: "block"; pass: string }
  | { type: "frame"; frame: ToBrowser }
  | { type: "lost" }
  | { type: "parted"; why: Parting }
  | { type: "link"; match: string; link: Link };

export type Notice = { code: "elsewhere" | "refused" } | { code: "error"; detail: string };

export type Effect =
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "send"; message: FromBrowser }
  | { type: "send_blocks" }
  | { type: "open"; meeting: Meeting }
  | { type: "close" }
  | { type: "signal"; signal: Description | Candidates }
  | { type: "stranger_types" }
  | { type: "tell"; notice: Notice };

export type Step = [Call, Effect[]];
