// The words of a call: what the page knows, what can happen to it, and what it then asks to be done.

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
} from "../../messages.generated";
import type { CloseReason } from "../reconnect";
import type { SendBuffer } from "./send-buffer";

export type Phase = "consent" | "idle" | "searching" | "matched" | "reconnecting" | "banned";

/** How the connection to the stranger is. */
export type Link = "connecting" | "connected" | "interrupted" | "failed";

export type Wish = Omit<Find, "type">;

/**
 * The parts of a wish that one tap gives up, for this search; the preferences stay. Countries that somebody avoids
 * are none of them: that may be for their safety, and impatience must not be offered as a reason to forget it.
 */
export type Relaxable = "strict_language" | "interests" | "nearby";

/**
 * How far a line of mine has come. `pending`: nobody has acknowledged it. `delivered`: the stranger's page has, which
 * says nothing of who reads. `failed`: it was refused, and is not under way any more. `unconfirmed`: the match was
 * over before it was acknowledged. A stranger's line is always `delivered`.
 */
export type LineState = "pending" | "delivered" | "failed" | "unconfirmed";

export interface Line {
  id: string;
  from: "me" | "stranger";
  text: string;
  state: LineState;
}

/** Who of the two has lifted their curtain; nobody lets it down again before the next match. */
export interface Lifted {
  mine: boolean;
  /** The stranger has been told of it, on a way that was there. Before, a clear picture would surprise them. */
  told: boolean;
  theirs: boolean;
  /** I have asked for it myself: then nothing else is waited for before I see the stranger. */
  asked: boolean;
}

/** One match, seen from this side. */
export interface Conversation {
  match: string;
  pass: string;
  polite: boolean;
  partner: Partner;
  ice: Ice;
  mode: Mode;
  lines: readonly Line[];
  link: Link;
  away: boolean;
  lifted: Lifted;
  /** What I have said and their page has not acknowledged. */
  sending: SendBuffer;
  /** The number of the last of theirs that must arrive and has. */
  received: number;
}

/** The way back to the stranger before. */
export interface Rewind {
  match: string;
  /** When it is too late; a monotonic clock's milliseconds. */
  until: number;
  /** I asked for them, and they have not answered. */
  asked: boolean;
  /** They asked for me. */
  offered: boolean;
}

/** A match that I left, until the gateway surely knows: what it missed is said again after the next welcome. */
export interface Leaving {
  match: string;
  pass: string;
  by: "next" | "stop";
  at: number;
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
  /** The visitor has connected elsewhere: only Start takes the socket back. */
  elsewhere?: boolean | undefined;
  wish?: Wish | undefined;
  conversation?: Conversation | undefined;
  search?: Search | undefined;
  /** Why the last match ended, if the stranger or the network ended it. */
  ended?: Ended["reason"] | undefined;
  /** What I wrote in it, and the stranger's page had not acknowledged when it was over. */
  unconfirmed?: readonly Line[] | undefined;
  ban?: Banned | undefined;
  leaving?: Leaving | undefined;
  /** The stranger before, for as long as both may want each other back. */
  rewind?: Rewind | undefined;
}

export type CallEvent =
  | { type: "agreed" }
  | { type: "consent_outdated" }
  | { type: "may_connect" }
  | { type: "idle_too_long" }
  | { type: "ban_lifted" }
  | { type: "start"; wish: Wish }
  | { type: "next" }
  | { type: "stop" }
  | { type: "relax"; relax: Relaxable }
  | { type: "say"; text: string; id: string }
  | { type: "resend"; id: string }
  | { type: "typing" }
  | { type: "lift_curtain"; asked: boolean }
  | { type: "block"; match: string; pass: string }
  | { type: "rewind_requested" }
  | { type: "timer" }
  | { type: "frame"; frame: ToBrowser }
  | { type: "connection_lost" }
  | { type: "connection_closed"; why: CloseReason }
  | { type: "link"; match: string; link: Link };

export type Notice =
  | { code: "elsewhere" | "refused" | "unconfirmed" | "full" | "rewind_refused" }
  | { code: "error"; detail: string };

export type Effect =
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "send"; message: FromBrowser }
  | { type: "send_blocks" }
  | { type: "block_confirmed"; match: string }
  | { type: "open_media"; conversation: Conversation }
  | { type: "close_media" }
  | { type: "signal"; signal: Description | Candidates }
  | { type: "update_ice"; ice: Ice }
  | { type: "set_reachable"; reachable: boolean }
  | { type: "show_typing" }
  | { type: "notify"; notice: Notice };

export type Step = [Call, Effect[]];
