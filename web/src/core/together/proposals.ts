// Decides what two strangers do together: one proposes, the other accepts or declines, and either ends it. One
// thing at a time. What is declined may be proposed once more, after a minute. Pure. Times are monotonic
// milliseconds.

/** How long a proposal waits for an answer. */
export const WAITS_MS = 30_000;
/** The one who proposes waits a little longer, because messages take time. */
export const PATIENCE_MS = 33_000;
/** After this the same thing may be proposed again. */
export const PAUSE_MS = 60_000;
/** What came to nothing this often is not proposed again to the same stranger. */
const MOST_REFUSALS = 2;
const NAME = /^[a-z][a-z_]{0,23}$/;
const MOST_NUMBER = 1_000_000;

const STEPS = ["propose", "accept", "decline", "end"] as const;
export type ProposalStep = (typeof STEPS)[number];

/**
 * `what` names an activity. `n` numbers the proposals of a match: the polite side has even numbers. So an answer that
 * comes late belongs to nothing else. `end` also takes back a proposal.
 */
export interface ProposalMessage {
  type: "together";
  what: string;
  step: ProposalStep;
  n: number;
}

/** `asking`: I have proposed it. `asked`: the stranger has. `mine`: I proposed it, so I begin. */
export type Doing =
  | { at: "nothing" }
  | { at: "asking"; what: string; n: number; until: number }
  | { at: "asked"; what: string; n: number; until: number }
  | { at: "going"; what: string; n: number; mine: boolean };

/** What is proposed or goes on. */
type Something = Exclude<Doing, { at: "nothing" }>;

/** How often a proposal came to nothing, and when it may be made again. */
type Refusals = ReadonlyMap<string, { times: number; until: number }>;

export interface Proposals {
  doing: Doing;
  /** How many proposals I have made. */
  count: number;
  /** Of my proposals. */
  mine: Refusals;
  /** Of the stranger's. */
  theirs: Refusals;
}

export interface ProposalRules {
  /** If both propose something at the same time, the polite side yields. */
  polite: boolean;
  /** What this page knows and this conversation allows. */
  known: ReadonlySet<string>;
}

export type ProposalEvent =
  | { type: "propose"; what: string }
  | { type: "answer"; yes: boolean }
  /** I end what goes on, or take back my proposal. */
  | { type: "end" }
  | { type: "heard"; message: ProposalMessage }
  | { type: "timer" }
  /** The channel is new, because the stranger's page was loaded again and knows nothing any more. */
  | { type: "reopened" };

/**
 * What a visitor must be told. `asked`: the stranger proposes something. `unanswered`: they have not answered
 * mine. `withdrawn`: their proposal is over. `ended`: they have ended what went on.
 */
export type ProposalNews = "asked" | "declined" | "unanswered" | "withdrawn" | "began" | "ended";

export interface ProposalResult {
  proposals: Proposals;
  send?: ProposalMessage;
  news?: ProposalNews;
}

/** Whether I may propose something: now, in a while, or never to this stranger. */
export type MayPropose = "now" | "later" | "never";

const NOTHING: Doing = { at: "nothing" };

export function noProposals(): Proposals {
  return { doing: NOTHING, count: 0, mine: new Map(), theirs: new Map() };
}

/** Returns undefined for anything else that a stranger's page may send. */
export function parseProposal({ what, step, n }: Record<string, unknown>): ProposalMessage | undefined {
  const known = STEPS.find((one) => one === step);
  if (!known || typeof what !== "string" || !NAME.test(what)) return undefined;
  if (typeof n !== "number" || !Number.isInteger(n) || n < 1 || n > MOST_NUMBER) return undefined;
  return { type: "together", what, step: known, n };
}

export function mayPropose({ doing, mine }: Proposals, what: string, now: number): MayPropose {
  const { times, until } = mine.get(what) ?? { times: 0, until: 0 };
  if (times >= MOST_REFUSALS) return "never";
  return doing.at === "nothing" && now >= until ? "now" : "later";
}

export function proposalStep(
  before: Proposals,
  event: ProposalEvent,
  rules: ProposalRules,
  now: number,
): ProposalResult {
  switch (event.type) {
    case "propose":
      return propose(before, event.what, rules, now);
    case "answer":
      return answer(before, event.yes, now);
    case "end":
      return end(before, now);
    case "heard":
      return hear(before, event.message, rules, now);
    case "timer":
      return expire(before, now);
    case "reopened":
      return reopen(before);
  }
}

function propose(
  before: Proposals,
  what: string,
  { known, polite }: ProposalRules,
  now: number,
): ProposalResult {
  if (!known.has(what) || mayPropose(before, what, now) !== "now") return { proposals: before };
  const n = 2 * before.count + (polite ? 2 : 1);
  const doing: Doing = { at: "asking", what, n, until: now + PATIENCE_MS };
  return { proposals: { ...before, doing, count: before.count + 1 }, send: message(doing, "propose") };
}

function answer(before: Proposals, yes: boolean, now: number): ProposalResult {
  const { doing } = before;
  if (doing.at !== "asked") return { proposals: before };
  if (yes) return { ...began(before, doing, false), send: message(doing, "accept") };
  return { proposals: refused(before, "theirs", doing, now), send: message(doing, "decline") };
}

function end(before: Proposals, now: number): ProposalResult {
  const { doing } = before;
  if (doing.at === "asking")
    return { proposals: refused(before, "mine", doing, now), send: message(doing, "end") };
  if (doing.at !== "going") return { proposals: before };
  return { proposals: { ...before, doing: NOTHING }, send: message(doing, "end") };
}

function expire(before: Proposals, now: number): ProposalResult {
  const { doing } = before;
  if ((doing.at !== "asking" && doing.at !== "asked") || now < doing.until) return { proposals: before };
  if (doing.at === "asked") return { proposals: refused(before, "theirs", doing, now), news: "withdrawn" };
  return { proposals: refused(before, "mine", doing, now), send: message(doing, "end"), news: "unanswered" };
}

/** What went on is over for both. A proposal that was lost is not held against anybody. */
function reopen(before: Proposals): ProposalResult {
  const news = { nothing: undefined, asking: "unanswered", asked: "withdrawn", going: "ended" } as const;
  const told = news[before.doing.at];
  return { proposals: { ...before, doing: NOTHING }, ...(told && { news: told }) };
}

function hear(before: Proposals, said: ProposalMessage, rules: ProposalRules, now: number): ProposalResult {
  const { doing } = before;
  const isAbout = doing.at !== "nothing" && doing.n === said.n && doing.what === said.what;
  switch (said.step) {
    case "propose":
      return hearProposal(before, said, rules, now);
    case "accept":
      if (isAbout && doing.at === "asking") return began(before, doing, true);
      // What comes too late, for the proposal is over, ends at the other side, too.
      return isAbout ? { proposals: before } : { proposals: before, send: message(said, "end") };
    case "decline":
      if (!isAbout || doing.at !== "asking") return { proposals: before };
      return { proposals: refused(before, "mine", doing, now), news: "declined" };
    case "end":
      if (!isAbout || doing.at === "asking") return { proposals: before };
      if (doing.at === "going") return { proposals: { ...before, doing: NOTHING }, news: "ended" };
      return { proposals: refused(before, "theirs", doing, now), news: "withdrawn" };
  }
}

function hearProposal(
  before: Proposals,
  said: ProposalMessage,
  { known, polite }: ProposalRules,
  now: number,
): ProposalResult {
  const { doing, theirs } = before;
  const { what, n } = said;
  if (doing.at === "asking" && !polite) return { proposals: before }; // both proposed, and mine stands
  const { times, until } = theirs.get(what) ?? { times: 0, until: 0 };
  const begs = times >= MOST_REFUSALS || now < until;
  const busy = doing.at === "asked" || doing.at === "going";
  if (!known.has(what) || begs || busy) return { proposals: before, send: message(said, "decline") };
  if (doing.at === "asking" && doing.what === what)
    return { ...began(before, said, false), send: message(said, "accept") };
  return { proposals: { ...before, doing: { at: "asked", what, n, until: now + WAITS_MS } }, news: "asked" };
}

type About = Pick<Something, "what" | "n">;

function began(before: Proposals, { what, n }: About, mine: boolean): ProposalResult {
  return { proposals: { ...before, doing: { at: "going", what, n, mine } }, news: "began" };
}

/** A proposal came to nothing: it was declined, taken back, or not answered. */
function refused(before: Proposals, whose: "mine" | "theirs", { what }: About, now: number): Proposals {
  const times = (before[whose].get(what)?.times ?? 0) + 1;
  const refusals = new Map(before[whose]).set(what, { times, until: now + PAUSE_MS });
  return { ...before, doing: NOTHING, [whose]: refusals };
}

function message({ what, n }: About, step: ProposalStep): ProposalMessage {
  return { type: "together", what, step, n };
}
