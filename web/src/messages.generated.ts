// Written by `python -m services.signaling.typescript`; change services/signaling/messages.py instead.

export const SUBPROTOCOL = "zufall.v1";
export const MAX_FRAME_BYTES = 32768;

export type Mode = "audio" | "text" | "video";

export type EndReason = "banned" | "blocked" | "lost" | "next" | "stop";

export type Evidence = "chat" | "flags" | "pictures" | "reports";

/** An SDP offer or answer, as `RTCPeerConnection` makes it. An SDP has at most 16 KiB. */
export interface SessionDescription {
  type: "answer" | "offer" | "pranswer" | "rollback";
  sdp?: string;
}

/** An ICE candidate, as `RTCIceCandidate.toJSON()` gives it. */
export interface Candidate {
  candidate: string;
  sdpMid?: string | null;
  sdpMLineIndex?: number | null;
  usernameFragment?: string | null;
}

/** As `RTCIceServer`. */
export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

/** Which servers to use, and which candidates may leave the browser.

`expires_in`: after so long the credentials open nothing new; a next welcome has others. */
export interface Ice {
  servers: IceServer[];
  policy: "all" | "public" | "relay";
  expires_in?: number;
}

/** The match that goes on after a lost socket. */
export interface Resumed {
  match: string;
  polite: boolean;
  pass: string;
  partner_here?: boolean;
}

/** What a visitor may know of the other. Shared interests are spelled as this visitor spells them. */
export interface Partner {
  languages: string[];
  shared_interests: string[];
  country?: string | null;
}

/** An offer or answer for this match. `rollback` asks the impolite side, which alone offers once both have
agreed, to restart ICE. */
export interface Description {
  type: "description";
  match: string;
  description: SessionDescription;
}

/** ICE candidates for this match, gathered for up to 30 ms and sent together. */
export interface Candidates {
  type: "candidates";
  match: string;
  candidates: Candidate[];
}

/** A line of text. It arrives in order and once, also where a socket or a gateway is lost on its way.

A page that lost its gateway says its last lines again, to the byte, first of all after `resumed`. */
export interface Chat {
  type: "chat";
  match: string;
  text: string;
  id: string;
}

/** I am writing a line. */
export interface Typing {
  type: "typing";
  match: string;
}

/** I lift my curtain. */
export interface Reveal {
  type: "reveal";
  match: string;
}

/** The first frame, within 5 s. A `pass` asks to resume that match, on whichever gateway this is. */
export interface Hello {
  type: "hello";
  token: string;
  pass?: string;
  locale?: string;
}

/** Look for a stranger; replaces an earlier wish.

Interests that differ only in case, width, accents, blanks or what cannot be seen are one. Double ones and
those without anything to see are left out; an empty or longer one, or one too many, is refused.
Of a language tag only the language counts: `pt-BR` is `pt`.
`nearby`: somebody of the same country is as welcome as a shared interest. */
export interface Find {
  type: "find";
  mode: Mode;
  interests?: string[];
  languages?: string[];
  strict_language?: boolean;
  avoid_countries?: string[];
  nearby?: boolean;
}

/** Leave the match and search again with the same wish. */
export interface Next {
  type: "next";
  match?: string;
}

/** Leave the match or the queue; stay connected. */
export interface Stop {
  type: "stop";
}

/** I want the partner of this match back, which ended by `next` less than 30 s ago.

When both have asked, both get `matched`; whom they are with by then gets `ended`, as after `next`. */
export interface Rewind {
  type: "rewind";
  match: string;
}

/** Never pair me with the partner of this pass again. */
export interface Block {
  type: "block";
  pass: string;
}

/** The token is good; `find` may follow.

After a hello with a pass it comes when it is known whether that match goes on, within a second or so;
without `resumed` it does not. */
export interface Welcome {
  type: "welcome";
  visitor: string;
  gateway: string;
  ice: Ice;
  resumed?: Resumed;
}

/** Sent when something changed: how many tickets wait in the pool, the stage, and when it widens.

`waiting` counts one's own ticket, too. Where at most 64 wait, who waits on hears of every change within
some two seconds; where more do, the number is as of the last change of the stage or the hint.
`hint` is what in the wish keeps it waiting: `alone` (nobody else waits), `nobody` (nobody who waits may
be met, whatever one wishes), `met` (only people one has just parted from), or a field of `find`, with
the tags that nobody else who waits has: `languages:cy`. */
export interface Searching {
  type: "searching";
  waiting: number;
  stage: number;
  widens_in?: number;
  hint?: string;
}

/** A stranger is here. `polite` yields when both offer at once.

`ice` comes in place of that of `welcome` where it expires. */
export interface Matched {
  type: "matched";
  match: string;
  polite: boolean;
  pass: string;
  partner: Partner;
  ice?: Ice;
}

/** The partner's socket or gateway is gone; they may be back within `grace` seconds.

What is said to them meanwhile waits, except `typing`; the media between the two goes on. */
export interface PartnerAway {
  type: "partner_away";
  match: string;
  grace?: number;
}

/** The partner is back; a `pass` replaces the earlier one, because their gateway changed.

It may come without `partner_away` before it: their absence was too short to be noticed. */
export interface PartnerBack {
  type: "partner_back";
  match: string;
  pass?: string;
}

/** The match is over. After next and lost a search goes on by itself and `searching` follows.

`unheard`: the ids of those lines that a partner who was lost has not received, in order, if any. */
export interface Ended {
  type: "ended";
  match: string;
  reason: EndReason;
  unheard?: string[];
}

/** The last partner asks to meet again. */
export interface RewindOffer {
  type: "rewind_offer";
  match: string;
  expires_in: number;
}

/** Something was refused: a stable `code` for programs, a sentence for people.

`id`: of the line of chat that was refused, if it was one. */
export interface Error {
  type: "error";
  code: string;
  message: string;
  retry_after?: number;
  id?: string;
}

/** The visitor may not search: why, until when, and a token to appeal with.

`reason`: what the moderator says to the visitor. `evidence`: what kinds of it the decision rests on,
of `reports` (of people), `flags` (of the check in browsers), `pictures` and `chat`. */
export interface Banned {
  type: "banned";
  rule: string;
  automated: boolean;
  decision: string;
  appeal: string;
  until?: string;
  reason?: string;
  evidence?: Evidence[];
}

export type FromBrowser =
  | Hello
  | Find
  | Next
  | Stop
  | Description
  | Candidates
  | Chat
  | Typing
  | Reveal
  | Rewind
  | Block;

export type ToBrowser =
  | Welcome
  | Searching
  | Matched
  | Description
  | Candidates
  | Chat
  | Typing
  | Reveal
  | PartnerAway
  | PartnerBack
  | Ended
  | RewindOffer
  | Error
  | Banned;

export type ToPartner =
  | Description
  | Candidates
  | Chat
  | Typing
  | Reveal;

/** The most a frame from a browser may hold: characters of a string, items of a list. */
export const MAX = {
  hello: { token: 4096, pass: 4096, locale: 35 },
  find: { interests: 10, interests_item: 32, languages: 5, languages_item: 35, avoid_countries: 20 },
  next: { match: 64 },
  description: { match: 64 },
  candidates: { match: 64, candidates: 16 },
  chat: { match: 64, text: 2000, id: 64 },
  typing: { match: 64 },
  reveal: { match: 64 },
  rewind: { match: 64 },
  block: { pass: 4096 },
} as const;
