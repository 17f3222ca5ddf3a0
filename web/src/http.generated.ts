// Written by `make generate` from services/signaling/shell/http_api.py: change that file instead.

import type { Evidence, IcePolicy } from "./messages.generated";

export const REPORT_REASONS = ["nudity", "minor", "harassment", "hate", "violence", "spam", "self_harm", "other"] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

export const APPEAL_STATES = ["none", "open", "upheld", "overturned"] as const;
export type AppealState = (typeof APPEAL_STATES)[number];

export type Outcome = "acted" | "not_sure" | "nothing_found";

export const CURTAINS = ["always", "auto", "off"] as const;
export type Curtain = (typeof CURTAINS)[number];

/** The operator's rules: lines of plain text by language ("" for all others), and their version. */
export interface SiteRules {
  version: string;
  texts: Record<string, string[]>;
}

/** A link in the footer of the page. */
export interface SiteLink {
  text: string;
  url: string;
}

/** The most that the page may send: interests, characters of one and of a line, bytes of a report. */
export interface PageLimits {
  interests: number;
  interest_length: number;
  chat_length: number;
  report_bytes: number;
}

/** The parameters of a challenge that a browser solves, with ALTCHA's names. Bytes are in hex.

`expiresAt` is in Unix seconds. The browser searches for the counter whose key begins with `keyPrefix`. */
export interface WorkParameters {
  algorithm: string;
  cost: number;
  expiresAt: number;
  keyLength: number;
  keyPrefix: string;
  keySignature: string;
  nonce: string;
  salt: string;
}

/** A challenge of ALTCHA. The signature is over the parameters, the asker's network and their token. */
export interface WorkChallenge {
  parameters: WorkParameters;
  signature: string;
}

/** The field `device` of `POST /api/session`. Bytes are in base64. */
export interface DeviceProof {
  key: string;
  challenge: string;
  signature: string;
  voucher?: string | null;
}

/** The counter that was searched for, and its whole key in hex. */
export interface WorkSolution {
  counter: number;
  derivedKey: string;
}

/** The field `work` of `POST /api/session`: the challenge as it came, and its solution. */
export interface SolvedWork {
  challenge: WorkChallenge;
  solution: WorkSolution;
}

/** A sealed text that says since when the device key is known; the next proof shows it. */
export interface DeviceVoucher {
  voucher: string;
}

/** A line of the conversation, and who wrote it. */
export interface ReportedChatLine {
  from: "accused" | "reporter";
  text: string;
}

/** How long the two were connected, in seconds, and how the call ended.

`report`: it goes on, and this report ends it. `reporter`: the reporter left. The others are the reasons
in the `ended` that the reporter's page got. Without an `ending` the page does not know. */
export interface ReportedCall {
  seconds: number;
  ending?: "banned" | "blocked" | "lost" | "next" | "report" | "reporter" | "stop" | null;
}

/** What became of a report that a person has looked at. */
export interface FiledReportOutcome {
  report: string;
  outcome: Outcome;
}

/** Quantiles of the wait for a match in seconds, or None without a match. */
export interface WaitQuantiles {
  p50: number | null;
  p99: number | null;
}

/** One minute. `online` is the mean, or for the present minute the number of visitors now. */
export interface MinuteStats {
  minute: string;
  online: number;
  matches: number;
  repeats: number | null;
  wait_p50: number | null;
  wait_p99: number | null;
}

/** The number of visitors who search or talk, by mode. */
export interface PeopleByMode {
  video: number;
  audio: number;
  text: number;
}

/** A named pool, with the number of visitors who search or talk there, and of those who search. */
export interface PoolNumbers {
  name: string;
  title: string;
  people: number;
  waiting: number;
}

/** The configuration that a page loads before it starts.

`relay` tells whether there is a TURN server, and `stun` names the STUN servers, with which a page finds
out whether its network lets direct calls through. `curtain` tells when two who met by video see each
other clearly, unless they chose otherwise. `status` tells whether `/api/status` is public. */
export interface PageConfig {
  name: string;
  logo: string | null;
  colours: Record<string, string>;
  rules: SiteRules | null;
  links: SiteLink[];
  advertising: string | null;
  recogniser: string | null;
  protocol: string;
  limits: PageLimits;
  ice_policy: IcePolicy;
  relay: boolean;
  stun: string[];
  curtain: Curtain;
  status: boolean;
}

/** How a gateway sees the caller's connection: from which address, and which gateway and version it is. */
export interface ConnectionFacts {
  address: string;
  gateway: string;
  version: string;
}

/** A pool as its page needs to know it. `titles` and `texts` are by language, with "" for all others.

`open` says whether it is open at `now`. `opens` and `closes` are the next times when that changes, if it
ever does. All times are in ISO 8601 and UTC. `picture` is the address of the picture. */
export interface PoolDescription {
  name: string;
  titles: Record<string, string>;
  texts: Record<string, string>;
  picture: string | null;
  interests: string[];
  minimum_age: number;
  now: string;
  open: boolean;
  opens: string | null;
  closes: string | null;
}

/** A text that a device signs, and work if the gateway wants some. Both hold for `expires_in` seconds. */
export interface Challenge {
  challenge: string;
  expires_in: number;
  work?: WorkChallenge;
}

/** The body of `POST /api/session`, which may be empty. */
export interface TokenRequest {
  device?: DeviceProof | null;
  work?: SolvedWork | null;
}

/** A token, and the seconds for which it is valid. `device` is set when a device proved its key. */
export interface IssuedToken {
  token: string;
  expires_in: number;
  device?: DeviceVoucher;
}

/** A report about the partner of a pass. `frames` are pictures of what the reporter saw, in base64.

`flag` marks a report of the classifier in the reporter's browser, which has no pictures and no text.
Nothing proves what `call` says. */
export interface ReportRequest {
  pass: string;
  reason: ReportReason;
  note?: string;
  frames?: string[];
  chat?: ReportedChatLine[];
  flag?: boolean;
  call?: ReportedCall | null;
}

/** The id of a report that the database has committed. */
export interface FiledReport {
  report: string;
}

/** The ids of reports, at most 20, that came with the answers to `POST /api/reports`. */
export interface OutcomesRequest {
  reports: string[];
}

/** The outcomes. Reports that nobody has looked at, or that are not kept any more, are missing. */
export interface ReportOutcomeList {
  outcomes: FiledReportOutcome[];
}

/** A visitor's standing. All fields but `level` belong to a ban and are those of the frame `banned`. */
export interface VisitorStanding {
  level: "banned" | "good" | "restricted";
  rule?: string;
  automated?: boolean;
  decision?: string;
  appeal?: string;
  until?: string;
  reason?: string;
  evidence?: Evidence[];
}

/** An appeal against a decision. `appeal` is the token from a `banned` message. */
export interface AppealRequest {
  appeal: string;
  text: string;
}

/** The state of an appeal that was just filed. */
export interface FiledAppeal {
  state: AppealState;
}

/** A decision and the appeal against it. Times are in ISO 8601 and UTC.

`reason` is what the visitor is told of why, in `reason_language`; `addition` is what the moderator typed
beside it. Their languages are empty if they are unknown. */
export interface AppealStatus {
  state: AppealState;
  rule: string;
  automated: boolean;
  decided: string;
  appeal_until: string;
  answer?: string;
  reason?: string;
  reason_language?: string;
  addition?: string;
  addition_language?: string;
  evidence?: Evidence[];
  until?: string;
}

/** The public status. `repeats` is the share, 0 to 1, of matches of two who had met before.

`complete` is false while this gateway does not hear the others, or does not know the last hour yet.
`popular` holds interests that many visitors name now, the most frequent first. */
export interface ClusterStatus {
  online: number;
  waiting: number;
  wait: WaitQuantiles;
  repeats: number | null;
  matches_per_minute: number;
  gateways: number;
  complete: boolean;
  hour: MinuteStats[];
  people: PeopleByMode;
  popular?: string[];
  pools?: PoolNumbers[];
}

/** Asks for an invitation to a call by this mode, good for so many `seconds`.

With `line` the host meets one guest after the other, and otherwise one. */
export interface AskedInvitation {
  mode: "audio" | "text" | "video";
  seconds?: number;
  line?: boolean;
}

/** A new invitation, and the seconds for which it is good. */
export interface MadeInvitation {
  invitation: string;
  expires_in: number;
}

/** An invitation that somebody has got. */
export interface InvitationCheck {
  invitation: string;
}

/** What an invitation is for, and for how many seconds it is still good.

`host_waits` tells whether the host waits for a guest now. */
export interface InvitationState {
  mode: "audio" | "text" | "video";
  line: boolean;
  expires_in: number;
  host_waits: boolean;
}

/** The passes of former matches. */
export interface MeetingsRequest {
  passes: string[];
}

/** The matches whose partners wait now to meet this visitor again. */
export interface WaitingPartners {
  waiting: string[];
}

/** An error (RFC 9457). `code` is stable and meant for programs; `detail` is a sentence for people. */
export interface Problem {
  type: string;
  status: number;
  code: string;
  detail: string;
}
