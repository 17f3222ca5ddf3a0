// Defines what the console's API answers. Times are in Unix milliseconds; an `until` of 0 means without an end.

export const ROLES = ["viewer", "moderator", "senior", "admin"] as const;
export type Role = (typeof ROLES)[number];

export const LEVELS = ["good", "watched", "restricted", "banned"] as const;
export type Level = (typeof LEVELS)[number];

export interface Session {
  name: string;
  role: Role;
  expires_at: number;
}

export interface LoginMethods {
  password: boolean;
  oidc: string | null;
}

export interface InvitationDetails {
  name: string;
  role: Role;
  secret: string;
  uri: string;
  qr: string;
}

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
  evidence: string[];
  policy: string;
  case: string;
  sequence: number;
  /** True if the account that asks may undo it now. */
  undoable: boolean;
}

export interface CaseSummary {
  id: string;
  accused: string;
  opened_at: number;
  urgency: number;
  minor: boolean;
  /** True if all reports are flags: no person has reported. */
  flagged: boolean;
  reports: number;
  /** The number of reports that browsers filed by themselves. */
  flags: number;
  reporters: number;
  networks: number;
  frames: number;
  reasons: Record<string, number>;
  standing: Decision | null;
  /** The classifier's highest score, 0 to 1. */
  score: number | null;
  newest_at: number;
}

export interface Queue {
  cases: CaseSummary[];
  open: number;
  /** The number of open cases with flags only. */
  flagged: number;
  appeals: number;
}

export interface ReportPicture {
  number: number;
  width: number;
  height: number;
  score: number | null;
  known: boolean;
}

export interface Reporter {
  visitor: string;
  /** Names a network within a case. An empty name means that the network is unknown. */
  network: string;
  upheld: number;
  dismissed: number;
  reported_lately: number;
  proven: boolean;
}

export interface Report {
  id: string;
  reason: string;
  /** True if a browser filed it by itself. */
  flag: boolean;
  note: string;
  chat: { from_accused: boolean; text: string }[];
  filed_at: number;
  match_started_at: number;
  /** The points it has in triage; null when the case is closed. */
  counts: number | null;
  frames: ReportPicture[];
  reporter: Reporter;
}

export interface Verdict {
  score: number;
  networks: number;
  policy: string;
  level: Level | null;
  seconds: number;
  rule: string;
}

export interface Case {
  id: string;
  accused: string;
  opened_at: number;
  closed_at: number;
  decision: Decision | null;
  held_until: number;
  verdict: Verdict | null;
  standing: Decision | null;
  reports: Report[];
  history: VisitorHistory;
}

export interface VisitorHistory {
  visitor: string;
  standing: Decision | null;
  cases: {
    id: string;
    opened_at: number;
    closed_at: number;
    reports: number;
    flags: number;
    decision: Decision | null;
  }[];
  decisions: Decision[];
  appeals: Appeal[];
  filed: {
    report: string;
    accused: string;
    reason: string;
    flag: boolean;
    filed_at: number;
    outcome: ReportOutcome;
  }[];
}
export type ReportOutcome = "open" | "upheld" | "dismissed";

export interface Appeal {
  decision: Decision;
  text: string;
  filed_at: number;
  state: "open" | "upheld" | "overturned";
  answer: string;
  moderator: string;
  decided_at: number;
  mine: boolean;
  replaced: boolean;
}

export const REPLAY_JUDGEMENTS = ["upheld", "softened", "overturned", "undecided"] as const;
export type ReplayJudgement = (typeof REPLAY_JUDGEMENTS)[number];

export interface PolicyOutcome {
  policy: string;
  actions: Partial<Record<Level, Partial<Record<ReplayJudgement, number>>>>;
  missed: number;
}

export interface AutomaticAction {
  level: Level;
  rule: string;
  at: number;
  until: number;
}

export interface Replay {
  cases: number;
  before: PolicyOutcome;
  after: PolicyOutcome;
  differences: {
    visitor: string;
    before: AutomaticAction[];
    after: AutomaticAction[];
    decided: Level | null;
  }[];
}

export interface Transparency {
  from: string;
  to: string;
  reports: { total: number; by_reason: Record<string, number> };
  decisions: {
    total: number;
    automated: number;
    by_level: Record<string, number>;
    by_rule: Record<string, number>;
  };
  appeals: { filed: number; upheld: number; overturned: number; open: number };
  hours: {
    to_decision_median: number | null;
    to_decision_p90: number | null;
    to_answer_median: number | null;
  };
  pictures_looked_at: number;
}

export interface AuditEntry {
  sequence: number;
  at: number;
  actor: string;
  action: string;
  subject: string;
  details: Record<string, string>;
  hash: string;
}

export interface AuditCheck {
  entries: number;
  intact: boolean;
  broken_at: number | null;
  head: string;
}

export interface Account {
  name: string;
  role: Role;
  state: "invited" | "active" | "disabled";
  locked_until: number | null;
  last_login: number | null;
}
