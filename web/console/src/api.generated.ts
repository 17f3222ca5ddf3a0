// Written by `make generate` from services/reports/shell/console/console_api.py: change that file instead.

export const ROLES = ["viewer", "moderator", "senior", "admin"] as const;
export type Role = (typeof ROLES)[number];

export const LEVELS = ["good", "watched", "restricted", "banned"] as const;
export type Level = (typeof LEVELS)[number];

export const DISMISSALS = ["unfounded", "unclear", "good_faith"] as const;
export type Dismissal = (typeof DISMISSALS)[number];

export const REVIEW_OUTCOMES = ["upheld", "softened", "overturned", "unclear", "undecided"] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

/** A decision. `undoable` tells whether the account that asks may undo it now.

`statement` is what the visitor is told in English, or as it was typed. `dismissal` counts where the level
is good. `confirmed_by` names the second moderator, who confirmed what `moderator` proposed. */
export interface Decision {
  id: string;
  visitor: string;
  level: Level;
  rule: string;
  reason: string;
  statement: string;
  automated: boolean;
  made_at: number;
  until: number;
  moderator: string;
  confirmed_by: string;
  evidence: ("chat" | "flags" | "pictures" | "reports")[];
  policy: string;
  case: string;
  sequence: number;
  undoable: boolean;
  template: string;
  dismissal: Dismissal;
}

/** A case in a list. `flags` counts reports of browsers; `flagged` means that there are no others.

`flood` means that all came from reporters or networks that had sent too many alike that day. `known`
names the lists of known pictures that have one of its pictures. `minor` means that somebody reported a
minor. `languages` are those of the accused, and then those of reporters. `mode` and `country`, which is
that of the accused, are those of most reports. All three are empty if unknown. `closed_at` is 0 while the
case is open; then there is no `decision`. */
export interface CaseSummary {
  id: string;
  accused: string;
  opened_at: number;
  newest_at: number;
  urgency: number;
  known: string[];
  minor: boolean;
  flagged: boolean;
  flood: boolean;
  reports: number;
  flags: number;
  reporters: number;
  networks: number;
  frames: number;
  reasons: Record<string, number>;
  languages: string[];
  mode: string;
  country: string;
  standing: Decision | null;
  score: number | null;
  closed_at: number;
  decision: Decision | null;
}

/** A case. `closed_at` is 0 while it is open. */
export interface FoundCase {
  id: string;
  accused: string;
  closed_at: number;
}

/** A decision. `case` is empty if it belongs to none. */
export interface FoundDecision {
  id: string;
  visitor: string;
  case: string;
}

/** A report, with its case. */
export interface FoundReport {
  id: string;
  accused: string;
  case: string;
}

/** The result of triage. Without a level no automatic action follows. */
export interface Verdict {
  score: number;
  networks: number;
  policy: string;
  level: Level | null;
  seconds: number;
  rule: string;
}

/** A line of a chat. It is `proven` if a gateway relayed it; else only the reporter says so. */
export interface ChatLine {
  from_accused: boolean;
  text: string;
  proven: boolean;
}

/** A picture, which is fetched by its report and number. Nothing proves what the reporter's browser sent.

`known` names the list of known pictures that has it, "" if none does. `sha256` is of the stored picture,
and `original_sha256` of what the browser sent, both in hexadecimal. */
export interface ReportPicture {
  number: number;
  width: number;
  height: number;
  score: number | null;
  known: string;
  sha256: string;
  original_sha256: string;
}

/** The report that the accused filed about the reporter and the same call. `flag`: their browser did. */
export interface CounterReport {
  id: string;
  case: string;
  reason: "harassment" | "hate" | "minor" | "nudity" | "other" | "self_harm" | "spam" | "violence";
  flag: boolean;
  filed_at: number;
}

/** The call that a report is about. Gateways know all but how long it lasted and how it ended.

`claimed_seconds` and `claimed_ending` are what the reporter's page says. What is not known is empty, 0 or
`unknown`. The languages are those that each side says it speaks. */
export interface Call {
  mode: string;
  reporter_languages: string[];
  accused_languages: string[];
  accused_country: string;
  claimed_seconds: number;
  claimed_ending: "banned" | "blocked" | "lost" | "next" | "report" | "reporter" | "stop" | "unknown";
  counter_report: CounterReport | null;
}

/** The reporter, as they were known when they reported. Equal labels mean the same network.

If the report is a flag, `upheld` and `dismissed` count flags. */
export interface Reporter {
  visitor: string;
  network: string;
  upheld: number;
  dismissed: number;
  reported_lately: number;
  proven: boolean;
}

/** A report. `counts` are its points in triage, `null` if the case is closed. Browsers file flags.

`claimed` names the fields for which there is only the reporter's word. */
export interface Report {
  id: string;
  reason: "harassment" | "hate" | "minor" | "nudity" | "other" | "self_harm" | "spam" | "violence";
  flag: boolean;
  note: string;
  chat: ChatLine[];
  filed_at: number;
  match_started_at: number;
  counts: number | null;
  frames: ReportPicture[];
  call: Call;
  claimed: string[];
  reporter: Reporter;
}

/** An earlier case. `flags` counts reports of browsers. */
export interface PastCase {
  id: string;
  accused: string;
  opened_at: number;
  closed_at: number;
  reports: number;
  flags: number;
  decision: Decision | null;
}

/** An appeal. `mine` means that the caller made or confirmed the decision, and must not answer. */
export interface Appeal {
  decision: Decision;
  text: string;
  filed_at: number;
  state: "open" | "overturned" | "upheld";
  answer: string;
  moderator: string;
  decided_at: number;
  mine: boolean;
  replaced: boolean;
}

/** A report that the visitor filed, and its outcome. */
export interface FiledReport {
  report: string;
  accused: string;
  reason: "harassment" | "hate" | "minor" | "nudity" | "other" | "self_harm" | "spam" | "violence";
  flag: boolean;
  filed_at: number;
  outcome: "dismissed" | "good_faith" | "open" | "unclear" | "upheld";
}

/** Reports of people. `by_category` counts them in the categories of the DSA Transparency Database. */
export interface ReportCounts {
  total: number;
  by_reason: Record<string, number>;
  by_category: Record<string, number>;
}

/** Reports that programs in browsers filed by themselves. */
export interface FlagCounts {
  total: number;
  by_reason: Record<string, number>;
}

/** The decisions of level good: dismissed cases, lifts without an appeal, and lifts because of one. */
export interface DismissalCounts {
  dismissed: number;
  lifted: number;
  overturned: number;
}

/** The decisions that triage made, and how many of them a person has overturned by now.

They overturn one by dismissing its case, or by answering its appeal. Shares are from 0 to 1, and `null`
if there was no decision. */
export interface AutomaticCounts {
  total: number;
  share: number | null;
  overturned: number;
  overturned_share: number | null;
}

/** The decisions that were proposed in the period, each counted once by what has become of it by now.

`otherwise`: somebody undid it, sent it back or decided otherwise. `ended`: it does not hold any more, and
nobody has looked at it a second time. `waiting`: it holds, and nobody has looked yet. */
export interface SecondLookCounts {
  confirmed: number;
  otherwise: number;
  ended: number;
  waiting: number;
}

/** The decisions, without those that were `undone`, and without what an undo or a dismissal restored.

One that was proposed is only in `second_look`, and counts as a decision when it is confirmed. `automated`
is also in `automatic.total`. */
export interface DecisionCounts {
  total: number;
  automated: number;
  by_level: Record<string, number>;
  by_rule: Record<string, number>;
  by_category: Record<string, number>;
  good: DismissalCounts;
  undone: number;
  automatic: AutomaticCounts;
  second_look: SecondLookCounts;
}

/** The cases that people reported: those decided in the period, and those that are open now.

`visitors` is how many different visitors people reported in the period. */
export interface CaseCounts {
  decided: number;
  open: number;
  oldest_open_minutes: number | null;
  visitors: number;
}

/** The appeals that were filed in the period, and their state now. */
export interface AppealCounts {
  filed: number;
  upheld: number;
  overturned: number;
  open: number;
  oldest_open_minutes: number | null;
}

/** Minutes, rounded to a tenth. They are of what was decided or answered; what is open is not in them.

From a person's first report of a case to a person's decision; to the first restriction, also an automatic
one; and from an appeal to its answer. */
export interface ResponseTimes {
  to_decision_median: number | null;
  to_decision_p90: number | null;
  to_action_median: number | null;
  to_answer_median: number | null;
}

/** What came in and was decided on a day in UTC. */
export interface DayCounts {
  day: string;
  reports: number;
  decisions: number;
}

/** What people reported and what was decided on a day in UTC, which begins at `at`. */
export interface WorkDay {
  at: number;
  reports: number;
  decisions: number;
}

/** The open cases of a level, and how many seconds the oldest has waited; `null` if there is none. */
export interface Waiting {
  level: "flagged" | "flood" | "known" | "minor" | "reported";
  count: number;
  oldest: number | null;
}

/** The appeals of these days by their state, those that are open at all, and the age of the oldest. */
export interface WorkAppeals {
  open: number;
  oldest: number | null;
  upheld: number;
  overturned: number;
}

/** The restrictions of a rule, and how many of them were overturned by now. */
export interface RuleFigures {
  rule: string;
  decided: number;
  overturned: number;
}

/** A template. `level` is the usual action, and `seconds` is how long each action usually lasts.

An action that is not among them does not go with the template. `texts` are by language, with places such
as {site} that are not filled in, and parts in brackets that are left out if one has no value. */
export interface StatementTemplate {
  name: string;
  title: string;
  rule: "harassment" | "hate" | "minor" | "nudity" | "other" | "self_harm" | "spam" | "violence";
  level: Level;
  seconds: Record<string, number>;
  reason: string;
  texts: Record<string, string>;
}

/** The automatic actions of one policy in past cases, by level and by the later decision of a person.

`missed` counts the cases in which a person acted and the policy did not. */
export interface PolicyOutcome {
  policy: string;
  actions: Record<string, Record<string, number>>;
  missed: number;
}

/** An action that a policy takes by itself. */
export interface AutomaticAction {
  level: Level;
  rule: "harassment" | "hate" | "minor" | "nudity" | "other" | "self_harm" | "spam" | "violence";
  at: number;
  until: number;
}

/** A past case in which two policies differ, and what a person decided. */
export interface CaseDifference {
  visitor: string;
  before: AutomaticAction[];
  after: AutomaticAction[];
  decided: Level | null;
  dismissal: Dismissal;
}

/** An entry of the audit log; `hash` is the head of the chain after it, in hexadecimal. */
export interface AuditEntry {
  sequence: number;
  at: number;
  actor: string;
  action: string;
  subject: string;
  details: Record<string, string>;
  hash: string;
}

/** Something that was changed. `subject` is the number of an entry or a decision, or a decision's id. */
export interface AuditProblem {
  kind: "cut" | "decision_changed" | "decision_missing" | "decision_unlogged" | "entry" | "old_decisions";
  subject: string;
}

/** A way to an operator, and how messages fared on it.

`delivered_at` is 0 for never. `problem` says why the last one that did not arrive did not. */
export interface AlarmChannel {
  name: string;
  target: string;
  delivered_at: number;
  waiting: number;
  given_up: number;
  problem: string;
}

/** How a test message fared on a channel. `problem` is empty if it arrived. */
export interface AlarmTestResult {
  name: string;
  problem: string;
}

/** A case that was handed to `account`, or to all seniors if that is empty. */
export interface Assignment {
  case: string;
  accused: string;
  account: string;
  by: string;
  sentence: string;
  at: number;
}

/** A decision that waits for a second moderator, who needs the role `needs`.

`until` is the end that was proposed, 0 for none. Until then it holds until `holds_until`. */
export interface Proposal {
  case: string;
  accused: string;
  decision: string;
  by: string;
  at: number;
  level: Level;
  rule: string;
  until: number;
  holds_until: number;
  needs: Role;
}

/** A note that mentions `account`, which has not seen it yet. `case` is null if no case is meant. */
export interface Mention {
  note: string;
  account: string;
  case: string | null;
  visitor: string;
  by: string;
  at: number;
}

/** Somebody to whom a case can be handed. */
export interface Colleague {
  name: string;
  role: Role;
}

/** The work of one moderator in a period.

`cases` were decided; `dismissed` and `undone` are of them. `minutes` is the median from opening a case to
deciding it. `second_looks` counts proposals of others that they confirmed or sent back. `upheld` and
`overturned` are appeals against what they decided or confirmed, answered in the period. */
export interface WorkloadRow {
  account: string;
  cases: number;
  dismissed: number;
  undone: number;
  second_looks: number;
  minutes: number | null;
  pictures: number;
  upheld: number;
  overturned: number;
}

/** The ways to log in. `oidc` is the name of the identity provider, if one is configured. */
export interface LoginMethods {
  password: boolean;
  oidc: string | null;
}

export interface LoginRequest {
  name: string;
  password: string;
  code: string;
}

/** The account that is logged in, and until when. */
export interface Session {
  name: string;
  role: Role;
  expires_at: number;
}

export interface InvitationRequest {
  token: string;
}

/** A new secret for the authenticator of an invited person; `qr` is an SVG.

`opening` is to be sent with the acceptance, which keeps this secret and no other. */
export interface InvitationDetails {
  name: string;
  role: Role;
  secret: string;
  uri: string;
  qr: string;
  opening: string;
}

export interface AcceptInvitationRequest {
  token: string;
  password: string;
  code: string;
  opening: string;
}

export interface ConfirmationRequest {
  code: string;
}

/** The first open cases, the most urgent first, without floods. The counts include all open cases.

`next` is where the cases behind them begin in a search, `null` if there are none. */
export interface CaseQueue {
  cases: CaseSummary[];
  open: number;
  flagged: number;
  flooded: number;
  appeals: number;
  next: string | null;
}

/** A page of the cases that were searched for. `next` is where the next page begins, `null` at the end.

A page may have few cases, or none, while there is a next one: it looked into as many as it may. `total`
counts all cases that are found, up to 10,000. Only the first page has it, if an index can tell. */
export interface CasePage {
  cases: CaseSummary[];
  next: string | null;
  total: number | null;
}

/** Holds all that begins with the given characters, at most ten of each kind. */
export interface FoundIds {
  visitors: string[];
  cases: FoundCase[];
  decisions: FoundDecision[];
  reports: FoundReport[];
}

/** The views of the account that asks, by name. */
export interface SavedViews {
  views: SavedSearch[];
}

/** A search with a name. `query` has the parameters of `GET /cases`, as in an address. */
export interface SavedSearch {
  name: string;
  query: string;
}

/** A case. `closed_at` is 0 while it is open.

`rests_on` is the evidence that a decision of the account that asks would name, now that it has seen this.
It names pictures only if the account has opened one of the case. */
export interface Case {
  id: string;
  accused: string;
  opened_at: number;
  closed_at: number;
  held_until: number;
  decision: Decision | null;
  verdict: Verdict | null;
  standing: Decision | null;
  rests_on: ("chat" | "flags" | "pictures" | "reports")[];
  reports: Report[];
  history: VisitorHistory;
}

/** The history of a visitor, the newest entries first.

`device_cases` and `device_decisions` are about other visitors with the same device key. The standing may
be one of those decisions. `network_cases` are about others who were reported in the same network in the
same month; a network may have many people. */
export interface VisitorHistory {
  visitor: string;
  standing: Decision | null;
  cases: PastCase[];
  decisions: Decision[];
  device_cases: PastCase[];
  device_decisions: Decision[];
  network_cases: PastCase[];
  appeals: Appeal[];
  filed: FiledReport[];
  notes: Note[];
}

/** The open appeals, the oldest first. */
export interface AppealList {
  appeals: Appeal[];
}

/** The policy in force, as TOML. */
export interface PolicyText {
  version: string;
  text: string;
}

/** The report. `first` and `last` are days in UTC, both included. */
export interface TransparencyReport {
  from: string;
  to: string;
  reports: ReportCounts;
  flags: FlagCounts;
  decisions: DecisionCounts;
  cases: CaseCounts;
  appeals: AppealCounts;
  minutes: ResponseTimes;
  by_day: DayCounts[];
  pictures_looked_at: number;
}

/** The figures of the work. `median` is how many seconds decided cases had waited.

`failed_logins` are those of the last day that no success followed from the same place. */
export interface Work {
  days: WorkDay[];
  waiting: Waiting[];
  appeals: WorkAppeals;
  decided: number;
  automated: number;
  median: number | null;
  rules: RuleFigures[];
  failed_logins: number;
}

/** The templates, and what fills them in. `{count}` has no value below `fewest_told` reporters. */
export interface StatementChoices {
  site: string;
  fewest_told: number;
  rules: Record<string, Record<string, string>>;
  templates: StatementTemplate[];
}

/** A decision. A dismissal has an empty rule.

The decision is refused if there are more reports than `seen`, or more of people than `seen_people`.
With a template, `reason` may be empty, and `statement` is what the visitor reads beside it, if anything.
`language` is that of `statement`, empty if it is unknown. Only a dismissal says why nothing follows. */
export interface DecisionRequest {
  level: Level;
  seconds: number;
  rule: string;
  statement: string;
  reason: string;
  seen?: number | null;
  seen_people?: number | null;
  template?: string;
  language?: string;
  dismissal?: Dismissal;
}

/** The decision that holds now, if there is one. */
export interface DecisionResult {
  decision: Decision | null;
}

export interface UndoRequest {
  reason: string;
}

export interface AppealAnswerRequest {
  overturn: boolean;
  answer: string;
}

export interface HoldRequest {
  days: number;
  reason: string;
}

/** The time until which nothing of the case is deleted. */
export interface HoldResult {
  held_until: number;
}

export interface ReplayRequest {
  policy: string;
  days: number;
}

/** The outcomes of two policies in the same past cases, with the first differences. */
export interface Replay {
  cases: number;
  before: PolicyOutcome;
  after: PolicyOutcome;
  differences: CaseDifference[];
}

/** Entries of the audit log, the newest first. */
export interface AuditEntries {
  entries: AuditEntry[];
}

/** The result of a check of the whole log, and of all decisions.

`unlogged` decisions are from before the log had each of them. The list has only the first of the `found`
problems. An operator knows of the `acknowledged` ones, which are neither found nor listed. */
export interface AuditCheck {
  entries: number;
  intact: boolean;
  broken_at: number | null;
  head: string;
  decisions: number;
  unlogged: number;
  found: number;
  acknowledged: number;
  problems: AuditProblem[];
}

/** All channels. Without any, nobody is told of anything outside the console. */
export interface AlarmChannels {
  channels: AlarmChannel[];
}

/** How a test message fared on all channels. */
export interface AlarmTestResults {
  results: AlarmTestResult[];
}

/** What the last check found, and when it ended; 0 if there was none yet. */
export interface AuditState {
  checked_at: number;
  found: number;
  problems: AuditProblem[];
}

/** All accounts. */
export interface AccountList {
  accounts: Account[];
}

export interface InviteRequest {
  name: string;
  role: Role;
}

/** The path of a link that lets somebody in once. */
export interface InvitationLink {
  name: string;
  invitation: string;
  expires_at: number;
}

export interface AccountChangeRequest {
  role?: Role | null;
  disabled?: boolean | null;
}

/** An account. `locked_until` and `last_login` are 0 for never. */
export interface Account {
  name: string;
  role: Role;
  state: "active" | "disabled" | "invited";
  locked_until: number;
  last_login: number;
}

/** The state of the team: who has which case, what waits for whom, and who is in it. */
export interface TeamState {
  claims: Claim[];
  assignments: Assignment[];
  proposals: Proposal[];
  mentions: Mention[];
  colleagues: Colleague[];
}

/** A claim of a case, or its renewal. `take_over` takes it from a colleague. */
export interface ClaimRequest {
  take_over?: boolean;
}

/** A moderator who looks at a case. `account` is empty if the case is decided, so that nobody has it. */
export interface Claim {
  case: string;
  account: string;
  since: number;
}

/** A hand-over of a case to the account `to`, or to all seniors if that is empty. */
export interface AssignmentRequest {
  to: string;
  sentence: string;
}

/** The answer to a proposal. It is refused if there are more reports than `seen`, as a decision is. */
export interface SecondLookRequest {
  confirm: boolean;
  sentence: string;
  seen?: number | null;
  seen_people?: number | null;
}

/** A note, in plain text. `@name` mentions an account. */
export interface NoteRequest {
  text: string;
}

/** A note of a moderator about a visitor, or about one of their cases. Only moderators read it. */
export interface Note {
  id: string;
  case: string | null;
  author: string;
  text: string;
  written_at: number;
  mentions: string[];
}

/** The number of pictures that the caller has opened, and the rules of breaks.

The console suggests a break after `suggested` pictures in an hour, or `work_minutes` of work. `limit` is
the most that they may open in an hour, 0 if there is none. */
export interface Exposure {
  last_hour: number;
  since: number;
  suggested: number;
  limit: number;
  work_minutes: number;
  break_minutes: number;
}

/** The work of all moderators in a period of whole days in UTC, ordered by name. */
export interface WorkloadReport {
  from: string;
  to: string;
  rows: WorkloadRow[];
}
