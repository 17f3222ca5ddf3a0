// Written by `python -m services.signaling.typescript`; change services/signaling/core/messages.py instead.

export const SUBPROTOCOL = "zufall.v2";
export const MAX_FRAME_BYTES = 32768;

export type Mode = "audio" | "text" | "video";

export type EndReason = "banned" | "blocked" | "lost" | "next" | "stop";

export type Evidence = "chat" | "flags" | "pictures" | "reports";

export type IcePolicy = "all" | "public" | "relay";

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

/** Which candidates may leave the browser. The servers come with each match. */
export interface IceRules {
  policy: IcePolicy;
}

/** As `RTCIceServer`. */
export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

/** Which servers to use in this match, and which candidates may leave the browser.

`expires_in`: after so long the credentials open nothing new; resuming the match brings others. */
export interface Ice {
  servers: IceServer[];
  policy: IcePolicy;
  expires_in?: number;
}

/** The match that goes on after a lost socket. */
export interface Resumed {
  match: string;
  polite: boolean;
  pass: string;
  partner_here: boolean;
  ice: Ice;
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

/** A line of text. It arrives in order and once, because the pages number, acknowledge and repeat it.

`n` numbers what must arrive (`chat` and `reveal`) in this match and direction, from 1, also across
resumes. The receiving page takes only the next number. The sending page says what is unacknowledged again
after `resumed` and `partner_back`, at most once in 3 s, else only the oldest, after 3, 6, 12 … 30 s, and
nothing while the partner is away. When a repeat is acknowledged, the next oldest follows at once. A
gateway relays it at most once and keeps nothing. */
export interface Chat {
  type: "chat";
  match: string;
  n: number;
  text: string;
  id: string;
}

/** My page has every `chat` and `reveal` of the partner up to number `n`.

Each of those that a gateway gives to a browser pays for one `received`; more than that count as other
frames do. */
export interface Received {
  type: "received";
  match: string;
  n: number;
}

/** I am writing a line. */
export interface Typing {
  type: "typing";
  match: string;
}

/** I lift my curtain. `n` numbers it together with the lines of chat. */
export interface Reveal {
  type: "reveal";
  match: string;
  n: number;
}

/** The first frame, within 5 s. A `pass` asks to resume that match, on whichever gateway this is.

`epoch` numbers the connections of one token: it is higher than at any earlier dial. `memory` is the
newest one that any gateway gave. Unknown fields are refused, unless `version` (like 0.2.1) is newer
than the gateway's own. */
export interface Hello {
  type: "hello";
  token: string;
  epoch: number;
  version?: string;
  memory?: string;
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

/** Never pair me with the partner of this pass again.

A page says it again after each `welcome` until a `memory` names the match. */
export interface Block {
  type: "block";
  pass: string;
}

/** The token is good; `find` may follow.

After a hello with a pass it waits for word of the partner for at most 1 s, and then says
`partner_here: false`. Without `resumed` the match does not go on. */
export interface Welcome {
  type: "welcome";
  visitor: string;
  gateway: string;
  memory: string;
  ice: IceRules;
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

/** A stranger is here. `polite` yields when both offer at once. */
export interface Matched {
  type: "matched";
  match: string;
  polite: boolean;
  pass: string;
  memory: string;
  partner: Partner;
  ice: Ice;
}

/** The page keeps this for the next gateway, in the place of what it kept before.

It comes after a `block`, whose match is `blocked`, and to those who search before a gateway shuts down. */
export interface Memory {
  type: "memory";
  memory: string;
  blocked?: string;
}

/** The partner's socket or gateway is gone; they may be back within `grace` seconds.

What is said to them meanwhile is not relayed: say it again after `partner_back`. The media goes on. */
export interface PartnerAway {
  type: "partner_away";
  match: string;
  grace?: number;
}

/** The partner is back; a `pass` replaces the earlier one, because their gateway changed.

Say again what they have not acknowledged. It may come without `partner_away`
before it: their absence was too short to be noticed. */
export interface PartnerBack {
  type: "partner_back";
  match: string;
  pass?: string;
}

/** The match is over. After next and lost a search goes on by itself and `searching` follows. */
export interface Ended {
  type: "ended";
  match: string;
  reason: EndReason;
}

/** The last partner asks to meet again. */
export interface RewindOffer {
  type: "rewind_offer";
  match: string;
  expires_in: number;
}

/** Something was refused: a stable `code` for programs, a sentence for people.

`id` names the line of chat that was refused, if it was one. `epoch` comes with `stale_epoch`: the visitor
has connected elsewhere with this one, which is newer. */
export interface Error {
  type: "error";
  code: string;
  message: string;
  retry_after?: number;
  id?: string;
  epoch?: number;
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
  | Received
  | Typing
  | Reveal
  | Rewind
  | Block;

export type ToBrowser =
  | Welcome
  | Searching
  | Matched
  | Memory
  | Description
  | Candidates
  | Chat
  | Received
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
  | Received
  | Typing
  | Reveal;

/** The most a frame from a browser may hold: characters of a string, items of a list. */
export const MAX = {
  hello: { token: 4096, memory: 8192, pass: 4096, locale: 35 },
  find: { interests: 10, interests_item: 32, languages: 5, languages_item: 35, avoid_countries: 20 },
  next: { match: 64 },
  description: { match: 64 },
  candidates: { match: 64, candidates: 16 },
  chat: { match: 64, text: 2000, id: 64 },
  received: { match: 64 },
  typing: { match: 64 },
  reveal: { match: 64 },
  rewind: { match: 64 },
  block: { pass: 4096 },
} as const;
