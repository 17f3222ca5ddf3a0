// Written by `make generate` from services/signaling/core/messages.py: change that file instead.

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

/** Tells which candidates may leave the browser. The servers come with each match. */
export interface IceRules {
  policy: IcePolicy;
}

/** An ICE server, in the form of `RTCIceServer`. */
export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

/** Tells which servers to use in this match, and which candidates may leave the browser.

After `expires_in` the credentials open no new allocation. Resuming the match brings new ones. */
export interface Ice {
  servers: IceServer[];
  policy: IcePolicy;
  expires_in?: number;
}

/** The match that goes on after the socket was lost. */
export interface Resumed {
  match: string;
  polite: boolean;
  pass: string;
  partner_here: boolean;
  ice: Ice;
}

/** The partner, as the visitor may know them. Shared interests are spelled as this visitor typed them. */
export interface Partner {
  languages: string[];
  shared_interests: string[];
  country?: string | null;
}

/** An SDP offer or answer for this match.

It has at most one section for audio, one for video and one for data, and one SHA-256 fingerprint. The
partner gets it without attributes and candidates that no browser writes, and without addresses elsewhere.
A `rollback` asks the impolite side to restart ICE, because it alone makes offers once both have agreed. */
export interface Description {
  type: "description";
  match: string;
  description: SessionDescription;
}

/** ICE candidates for this match. The page collects them for up to 30 ms and sends them together.

The partner gets those that a browser writes and the ICE policy allows, without their related addresses. */
export interface Candidates {
  type: "candidates";
  match: string;
  candidates: Candidate[];
}

/** A line of text. It arrives once and in order, because the pages number, acknowledge and repeat it.

`n` numbers the frames that must arrive (`chat` and `reveal`) in this match and direction. It starts at 1
and goes on across resumes. The receiving page accepts only the next number. The sending page repeats all
unacknowledged frames after `resumed` and `partner_back`, at most once in 3 s. Otherwise it repeats only
the oldest, after 3, 6, 12 … 30 s, and nothing while the partner is away. When a repeated frame is
acknowledged, the page repeats the next oldest at once. A gateway relays a frame at most once and keeps
only a keyed digest of the last lines. */
export interface Chat {
  type: "chat";
  match: string;
  n: number;
  text: string;
  id: string;
}

/** The page has every `chat` and `reveal` of the partner up to number `n`.

For each `chat` or `reveal` that a browser gets, one `received` is free of the limit of frames. Further
ones count. */
export interface Received {
  type: "received";
  match: string;
  n: number;
}

/** The visitor is writing a line. */
export interface Typing {
  type: "typing";
  match: string;
}

/** The visitor lifts their curtain. `n` numbers it together with the lines of chat. */
export interface Reveal {
  type: "reveal";
  match: string;
  n: number;
}

/** How far the visitor goes in this match: text, audio or video. The two talk in the lower one of both.

At first it is the mode of `find`. More asks the partner, and `declined` is their no. Less needs nobody.
The page says it only if `welcome` has `relays_modes`, and again after `resumed` and `partner_back`. */
export interface WantedMode {
  type: "mode";
  match: string;
  mode: Mode;
  declined?: boolean;
}

/** The first frame, which must come within 5 s. A `pass` asks to resume that match, on any gateway.

A match waits 15 s for a socket that was lost, and 6 s for one that was closed with 1001, as browsers do
when a page is closed or loaded again.

`epoch` numbers the connections of one token and is higher at every dial. `memory` is the newest one that
any gateway has given. One that was given to another visitor of this device tells only whom they block.
Unknown fields are refused, unless `version` (such as 0.2.1) is newer than the gateway's own. */
export interface Hello {
  type: "hello";
  token: string;
  epoch: number;
  version?: string;
  memory?: string;
  pass?: string;
  locale?: string;
}

/** Look for a stranger. This wish replaces an earlier one.

Interests that differ only in case, width, accents, blanks or invisible characters are the same. Repeated
and invisible ones are left out. An empty or too long interest, or one too many, is refused. Only the
language of a language tag counts: `pt-BR` is `pt`. With `nearby`, the same country is worth as much as a
shared interest. With `once`, no search starts by itself when the partner has left: the visitor may still
read what they wrote, and the page sends another `find` later. With `pool`, only others in that named pool
are met. The errors `pool_unknown`, `pool_closed` and `pool_age` end the search.

With `again`, the pass of a former match, or with an `invitation`, this search is for the people whom that
names, and for them only. Then only `mode` and `languages` count, as if `once` were there. `next`
afterwards searches for strangers, by the rest of the wish. If both are there, the invitation counts. */
export interface Find {
  type: "find";
  mode: Mode;
  interests?: string[];
  languages?: string[];
  strict_language?: boolean;
  avoid_countries?: string[];
  nearby?: boolean;
  once?: boolean;
  pool?: string;
  again?: string;
  invitation?: string;
}

/** Leave the match and search again with the same wish. */
export interface Next {
  type: "next";
  match?: string;
}

/** Leave the match or the queue, and stay connected. */
export interface Stop {
  type: "stop";
}

/** Ask to go back to the partner of this match, which ended by `next` less than 30 s ago.

When both have asked, both get `matched`. The partners they have by then get `ended`, as after `next`. */
export interface Rewind {
  type: "rewind";
  match: string;
}

/** Never match this visitor with the partner of this pass again, nor with others of the partner's device.

The pass is this visitor's, or another's of the same device. The page repeats it after each `welcome`
until a `memory` names the match. */
export interface Block {
  type: "block";
  pass: string;
}

/** Media flows in this match. With `relay` this visitor's own goes through a TURN server of theirs.

The page tells it once for each match, if `welcome` has `counts_calls`. It is only counted. An older
gateway does not know this frame. */
export interface CallConnected {
  type: "connected";
  match: string;
  relay: boolean;
}

/** The token is good, and `find` may follow.

After a `hello` with a pass the gateway waits at most 1 s to learn where the partner is, and then says
`partner_here: false`. Without `resumed` the match does not go on. With `counts_calls` this gateway takes
`connected`, with `relays_modes` also `mode`. */
export interface Welcome {
  type: "welcome";
  visitor: string;
  gateway: string;
  memory: string;
  ice: IceRules;
  resumed?: Resumed;
  counts_calls?: boolean;
  relays_modes?: boolean;
}

/** The search goes on. It is sent when a number, the stage or the hint has changed.

`waiting` is the number of tickets in the pool, this one included. If at most 64 wait, each change is sent
within some two seconds; if more do, the number is as of the last change of stage or hint. The search
widens to the next `stage` in `widens_in` seconds. `hint` says why it takes long: `alone` (nobody else
waits), `nobody` (no one who waits may be met, whatever the wish), `met` (only people whom the visitor has
just left), `matcher_away` (nobody is paired at the moment; the search goes on by itself), or a field of
`find` with the tags that nobody else has: `languages:cy`. */
export interface Searching {
  type: "searching";
  waiting: number;
  stage: number;
  widens_in?: number;
  hint?: string;
}

/** A stranger is here. The `polite` side yields when both make an offer at once. */
export interface Matched {
  type: "matched";
  match: string;
  polite: boolean;
  pass: string;
  memory: string;
  partner: Partner;
  ice: Ice;
}

/** A new memory, which the page keeps for the next gateway instead of the one before.

It comes after a `block`, whose match is then `blocked`, and while searching before a gateway shuts down. */
export interface Memory {
  type: "memory";
  memory: string;
  blocked?: string;
}

/** A newer pass of the match, which replaces the earlier one. It proves the last 20 lines of chat.

It comes only for a match with lines: before `ended`, after the visitor has left by `next`, `find`, `stop`
or `block`, and before a gateway shuts down. A report with it shows which of its lines were really said. */
export interface FreshPass {
  type: "pass";
  match: string;
  pass: string;
}

/** The partner's socket or gateway is gone. They may come back within `grace` seconds.

Frames for them are not relayed meanwhile: repeat those after `partner_back`. Media goes on. */
export interface PartnerAway {
  type: "partner_away";
  match: string;
  grace?: number;
}

/** The partner is back. If their gateway changed, there is a `pass`, which replaces the earlier one.

Repeat what they have not acknowledged. It may come without a `partner_away` before it, if they were away
too briefly for the gateway to notice. */
export interface PartnerBack {
  type: "partner_back";
  match: string;
  pass?: string;
}

/** The match is over.

After `next` and `lost` a new search starts by itself, and `searching` follows, unless `find` had `once`. */
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

/** Something was refused. `code` is stable and for programs; `message` is a sentence for people.

`id` names the refused line of chat, if it was one. `epoch` comes with the code `stale_epoch`: it is the
newer epoch with which the visitor is connected elsewhere. */
export interface Error {
  type: "error";
  code: string;
  message: string;
  retry_after?: number;
  id?: string;
  epoch?: number;
}

/** The visitor is banned. `appeal` is a token to appeal with.

`reason` is what the moderator typed for the visitor. One that comes in several languages is not here, but
in the answer of `GET /api/appeals`. `evidence` lists the kinds of evidence for the decision:
`reports` (by people), `flags` (by the check in browsers), `pictures` and `chat`. */
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
  | WantedMode
  | Rewind
  | Block
  | CallConnected;

export type ToBrowser =
  | Welcome
  | Searching
  | Matched
  | Memory
  | FreshPass
  | Description
  | Candidates
  | Chat
  | Received
  | Typing
  | Reveal
  | WantedMode
  | PartnerAway
  | PartnerBack
  | Ended
  | RewindOffer
  | Error
  | Banned;

/** The most a frame from a browser may hold: characters of a string, items of a list. */
export const MAX = {
  hello: { token: 4096, memory: 8192, pass: 4096, locale: 35 },
  find: { interests: 10, interests_item: 32, languages: 5, languages_item: 35, avoid_countries: 20, again: 4096, invitation: 512 },
  next: { match: 64 },
  description: { match: 64 },
  candidates: { match: 64, candidates: 16 },
  chat: { match: 64, text: 2000, id: 64 },
  received: { match: 64 },
  typing: { match: 64 },
  reveal: { match: 64 },
  mode: { match: 64 },
  rewind: { match: 64 },
  block: { pass: 4096 },
  connected: { match: 64 },
} as const;
