// The types of a call: its state, the events that change it, and the effects that it asks for.

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
import type { Wants } from "./wanted-mode";

/** The name under which a call is stored while the page is loaded again. */
export const KEPT_CALL = "zufall.call";

/** `over`: the stranger has left a text conversation, and no search goes on until Next. */
export type Phase = "consent" | "idle" | "searching" | "matched" | "over" | "reconnecting" | "banned";

/** The state of the media connection. */
export type Link = "connecting" | "connected" | "interrupted" | "failed";

/** With `again` or an `invitation`, only people are searched for whom the visitor knows. */
export type Wish = Omit<Find, "type">;

/**
 * The parts of a wish that can be given up with one tap, for this search only. Countries to avoid are not
 * among them, because they may protect the visitor.
 */
export type Relaxable = "strict_language" | "interests" | "nearby";

/**
 * The state of one of my lines. `pending`: not acknowledged yet. `delivered`: the stranger's page has it,
 * read or not. `failed`: it was refused. `unconfirmed`: the match ended before it was acknowledged. A
 * stranger's line is always `delivered`.
 */
export type LineState = "pending" | "delivered" | "failed" | "unconfirmed";

export interface Line {
  id: string;
  from: "me" | "stranger";
  text: string;
  state: LineState;
}

/** Which of the two curtains are lifted. A curtain stays lifted until the next match. */
export interface Lifted {
  mine: boolean;
  /**
   * The stranger has been told while they could be reached. Before that, a clear picture would surprise them.
   */
  told: boolean;
  theirs: boolean;
  /** I pressed the button myself, so I see the stranger as soon as both curtains are lifted. */
  asked: boolean;
}

/** Which devices of a visitor are on. */
export interface DevicesOn {
  microphone: boolean;
  camera: boolean;
}

/** One match, as this side sees it. */
export interface Conversation {
  match: string;
  pass: string;
  polite: boolean;
  partner: Partner;
  ice: Ice;
  /** When `ice` came, in monotonic milliseconds. */
  iceAt?: number;
  /** The mode in which the two talk now. */
  mode: Mode;
  /** How far each wants to go, once one of the two has said so. */
  wants?: Wants;
  lines: readonly Line[];
  link: Link;
  /** Until then, in monotonic milliseconds, no Next counts. Undefined once the stranger has appeared. */
  nextAt?: number | undefined;
  away: boolean;
  lifted: Lifted;
  /** Which devices of the stranger are on, as their page says. An older page does not say it. */
  theirs?: DevicesOn;
  /** What I have sent and the partner's page has not acknowledged. */
  sending: SendBuffer;
  /** The number of the last message that I took from the partner. */
  received: number;
  /** The two knew each other. So when it is over, no search for others begins by itself. */
  known?: boolean | undefined;
  /** After a reload: the fingerprint of the connection that the stranger had to the page before. */
  former?: string | undefined;
}

/** The chance to go back to the last partner. */
export interface Rewind {
  match: string;
  /** When it ends, in monotonic milliseconds. */
  until: number;
  /** I asked, and they have not answered. */
  asked: boolean;
  /** They asked for me. */
  offered: boolean;
}

/** A match that I left, until the gateway certainly knows. What it missed is sent after the next welcome. */
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
  /** Why the search waits, as the gateway names it. */
  hint?: string;
}

export interface Call {
  phase: Phase;
  /** The socket is open and welcomed. */
  online: boolean;
  /** The gateway lets the two change the mode. */
  relaysModes?: boolean | undefined;
  /** After a reload the conversation waits for its gateway until then, in monotonic milliseconds. */
  returnsUntil?: number | undefined;
  /** The visitor has connected elsewhere. Only Start takes the socket back. */
  elsewhere?: boolean | undefined;
  /** Why a search or a conversation ended although the visitor did not want it. It is shown until Start. */
  stopped?: "elsewhere" | "refused" | undefined;
  /** The code with which a gateway refused to search in the pool of the wish. It is shown until Start. */
  refused?: string | undefined;
  /** The search has had no answer yet, so the visitor has lost no connection. */
  unreached?: boolean | undefined;
  wish?: Wish | undefined;
  /** The guests of my invitation come one after the other, so after one I wait for the next. */
  line?: boolean | undefined;
  /** Why a meeting is over, or the code with which it was refused. It is told until Start. */
  parted?: "left" | "meeting_refused" | "too_late" | undefined;
  conversation?: Conversation | undefined;
  /** The conversation that is over, while its lines are still shown. */
  past?: Conversation | undefined;
  search?: Search | undefined;
  /** Why the last match ended, if the stranger or the network ended it. */
  ended?: Ended["reason"] | undefined;
  /** It ended because I was away for too long. */
  wasAway?: boolean | undefined;
  /** My lines in it that the stranger's page never acknowledged. */
  unconfirmed?: readonly Line[] | undefined;
  ban?: Banned | undefined;
  leaving?: Leaving | undefined;
  /** Set while the two can still go back to each other. */
  rewind?: Rewind | undefined;
}

export type CallEvent =
  | { type: "agreed" }
  | { type: "consent_outdated" }
  | { type: "may_connect" }
  | { type: "idle_too_long" }
  | { type: "ban_lifted" }
  | { type: "start"; wish: Wish; line?: boolean }
  | { type: "next" }
  /** The stranger's picture or sound plays. */
  | { type: "appeared" }
  | { type: "stop" }
  | { type: "relax"; relax: Relaxable }
  | { type: "say"; text: string; id: string }
  | { type: "resend"; id: string }
  | { type: "typing" }
  | { type: "lift_curtain"; asked: boolean }
  | { type: "want_mode"; match: string; mode: Mode }
  | { type: "decline_mode"; match: string }
  | { type: "block"; match: string; pass: string }
  | { type: "rewind_requested" }
  | { type: "timer" }
  | { type: "frame"; frame: ToBrowser }
  | { type: "connection_lost" }
  | { type: "connection_closed"; why: CloseReason }
  | { type: "link"; match: string; link: Link }
  | { type: "partner_devices"; match: string; on: DevicesOn };

export type Notice =
  | { code: "unconfirmed" | "full" | "rewind_refused" | "too_late" }
  | { code: "error"; detail: string };

export type Effect =
  | { type: "connect" }
  | { type: "disconnect" }
  | { type: "send"; message: FromBrowser }
  | { type: "send_blocks" }
  | { type: "block_confirmed"; match: string }
  | { type: "pass_renewed"; match: string; pass: string }
  | { type: "open_media"; conversation: Conversation }
  | { type: "close_media" }
  | { type: "change_mode"; conversation: Conversation }
  | { type: "signal"; signal: Description | Candidates }
  | { type: "update_ice"; ice: Ice }
  | { type: "set_reachable"; reachable: boolean }
  | { type: "show_typing" }
  | { type: "notify"; notice: Notice };

export type Step = [Call, Effect[]];
