import { describe, expect, test } from "vitest";
import {
  mayPropose,
  noProposals,
  PATIENCE_MS,
  PAUSE_MS,
  type ProposalEvent,
  type ProposalMessage,
  type ProposalNews,
  type Proposals,
  parseProposal,
  proposalStep,
  WAITS_MS,
} from "../src/core/together/proposals";

const KNOWN = new Set(["draw", "stage"]);

/** One page. What it says waits in `said` until the other one hears it. */
class Page {
  proposals: Proposals = noProposals();
  said: ProposalMessage[] = [];
  news: ProposalNews[] = [];

  constructor(readonly polite: boolean) {}

  do(event: ProposalEvent, now = 0): void {
    const rules = { polite: this.polite, known: KNOWN };
    const { proposals, send, news } = proposalStep(this.proposals, event, rules, now);
    this.proposals = proposals;
    if (send) this.said.push(send);
    if (news) this.news.push(news);
  }

  hears(other: Page, now = 0): void {
    for (const message of other.said.splice(0)) this.do({ type: "heard", message }, now);
  }
}

const propose = (what = "draw"): ProposalEvent => ({ type: "propose", what });
const answer = (yes: boolean): ProposalEvent => ({ type: "answer", yes });
const says = (step: ProposalMessage["step"], what = "draw", n = 1): ProposalEvent => ({
  type: "heard",
  message: { type: "together", what, step, n },
});

function two(): [Page, Page] {
  return [new Page(false), new Page(true)];
}

/** Lets both hear everything that was said. */
function talk([one, other]: [Page, Page], now = 0): void {
  while (one.said.length + other.said.length > 0) {
    other.hears(one, now);
    one.hears(other, now);
  }
}

describe("a proposal", () => {
  test("begins when the stranger accepts it, and who proposed begins", () => {
    const pages = two();
    const [one, other] = pages;
    one.do(propose());
    talk(pages);
    expect(other.proposals.doing).toEqual({ at: "asked", what: "draw", n: 1, until: WAITS_MS });
    other.do(answer(true));
    talk(pages);
    expect(one.proposals.doing).toEqual({ at: "going", what: "draw", n: 1, mine: true });
    expect(other.proposals.doing).toEqual({ at: "going", what: "draw", n: 1, mine: false });
    expect([one.news, other.news]).toEqual([["began"], ["asked", "began"]]);
  });

  test("that is declined cannot be made again for a minute, and after a second No never", () => {
    const pages = two();
    const [one, other] = pages;
    for (const now of [0, PAUSE_MS]) {
      one.do(propose(), now);
      talk(pages, now);
      other.do(answer(false), now);
      talk(pages, now);
      expect(one.news.at(-1)).toBe("declined");
      expect(one.proposals.doing.at).toBe("nothing");
      one.do(propose(), now + PAUSE_MS - 1);
      expect(one.said).toEqual([]);
    }
    expect(mayPropose(one.proposals, "draw", 10 * PAUSE_MS)).toBe("never");
    expect(mayPropose(one.proposals, "stage", PAUSE_MS)).toBe("now");
    expect(mayPropose(other.proposals, "draw", PAUSE_MS)).toBe("now"); // they have not been declined
  });

  test("that is begged for is declined without a word to the visitor", () => {
    const page = new Page(true);
    page.do(says("propose"));
    page.do(answer(false));
    for (const now of [1, PAUSE_MS - 1]) page.do(says("propose"), now);
    expect(page.said.map(({ step }) => step)).toEqual(["decline", "decline", "decline"]);
    page.do(says("propose"), PAUSE_MS);
    page.do(says("end"), PAUSE_MS); // taken back
    page.do(says("propose"), 10 * PAUSE_MS);
    expect(page.news).toEqual(["asked", "asked", "withdrawn"]);
    expect(page.proposals.doing.at).toBe("nothing");
  });

  test.each(["sing", "cards"])("of something unknown is declined: %s", (what) => {
    const page = new Page(false);
    page.do(says("propose", what));
    expect(page.said).toEqual([{ type: "together", what, step: "decline", n: 1 }]);
    expect(page.news).toEqual([]);
    page.do(propose(what));
    expect(page.proposals).toEqual(noProposals());
  });

  test("expires on both sides, and the one who was asked first", () => {
    const pages = two();
    const [one, other] = pages;
    one.do(propose());
    talk(pages);
    for (const page of pages) page.do({ type: "timer" }, WAITS_MS - 1);
    expect([one.proposals.doing.at, other.proposals.doing.at]).toEqual(["asking", "asked"]);
    for (const page of pages) page.do({ type: "timer" }, WAITS_MS);
    expect([one.proposals.doing.at, other.proposals.doing.at]).toEqual(["asking", "nothing"]);
    one.do({ type: "timer" }, PATIENCE_MS);
    talk(pages, PATIENCE_MS);
    expect([one.news, other.news]).toEqual([["unanswered"], ["asked", "withdrawn"]]);
    expect(mayPropose(one.proposals, "draw", PATIENCE_MS + PAUSE_MS - 1)).toBe("later");
  });

  test("that is accepted too late begins on neither side", () => {
    const pages = two();
    const [one, other] = pages;
    one.do(propose());
    other.hears(one);
    other.do(answer(true));
    one.do({ type: "timer" }, PATIENCE_MS);
    talk(pages, PATIENCE_MS);
    expect([one.proposals.doing.at, other.proposals.doing.at]).toEqual(["nothing", "nothing"]);
    expect(other.news).toEqual(["asked", "began", "ended"]);
  });

  test("can be taken back", () => {
    const pages = two();
    const [one, other] = pages;
    one.do(propose());
    talk(pages);
    one.do({ type: "end" });
    talk(pages);
    expect(other.news).toEqual(["asked", "withdrawn"]);
    expect([one.proposals.doing.at, other.proposals.doing.at]).toEqual(["nothing", "nothing"]);
  });
});

describe("two proposals at the same time", () => {
  test("of the same thing need no answer", () => {
    const pages = two();
    const [one, other] = pages;
    one.do(propose());
    other.do(propose());
    talk(pages);
    expect(one.proposals.doing).toEqual({ at: "going", what: "draw", n: 1, mine: true });
    expect(other.proposals.doing).toEqual({ at: "going", what: "draw", n: 1, mine: false });
  });

  test("of two things leave one, which is asked", () => {
    const pages = two();
    const [one, other] = pages;
    one.do(propose("draw"));
    other.do(propose("stage"));
    talk(pages);
    expect(one.proposals.doing).toMatchObject({ at: "asking", what: "draw" });
    expect(other.proposals.doing).toMatchObject({ at: "asked", what: "draw" });
  });
});

describe("what goes on", () => {
  test("is the only thing", () => {
    const page = new Page(false);
    page.do(propose());
    page.do(says("accept"));
    page.do(propose("stage"));
    page.do(says("propose", "stage"));
    expect(page.said.map(({ step }) => step)).toEqual(["propose", "decline"]);
    expect(page.proposals.doing).toEqual({ at: "going", what: "draw", n: 1, mine: true });
  });

  test.each([0, 1])("is ended by either, and can begin again: %d", (who) => {
    const pages = two();
    pages[0].do(propose());
    talk(pages);
    pages[1].do(answer(true));
    talk(pages);
    pages[who]?.do({ type: "end" });
    talk(pages);
    expect(pages.map(({ proposals }) => proposals.doing.at)).toEqual(["nothing", "nothing"]);
    expect(pages[1 - who]?.news.at(-1)).toBe("ended");
    expect(mayPropose(pages[0].proposals, "draw", 0)).toBe("now");
  });

  test("is over when the stranger's page was loaded again", () => {
    const page = new Page(false);
    page.do(propose());
    page.do(says("accept"));
    page.do({ type: "reopened" });
    expect(page.proposals.doing.at).toBe("nothing");
    expect(page.news).toEqual(["began", "ended"]);
  });
});

test.each<[string, Record<string, unknown>]>([
  ["an unknown step", { step: "force" }],
  ["a step that is no text", { step: ["end"] }],
  ["markup", { what: "<b>draw</b>" }],
  ["a long name", { what: "d".repeat(25) }],
  ["an empty name", { what: "" }],
  ["a number for a name", { what: 1 }],
  ["no number", { n: undefined }],
  ["a text for a number", { n: "1" }],
  ["a huge number", { n: 1e300 }],
  ["a broken number", { n: 1.5 }],
  ["a number that is none", { n: Number.NaN }],
])("a message with %s is ignored", (_, fields) => {
  expect(parseProposal({ type: "together", what: "draw", step: "propose", n: 1, ...fields })).toBeUndefined();
});

test("a message is read without what else is in it", () => {
  const message = { type: "together", what: "draw", step: "end", n: 3 };
  expect(parseProposal({ ...message, x: 1 })).toEqual(message);
});

/** Random numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test("whatever two pages do, and however slow the messages are, they agree in the end", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const random = randomFrom(seed);
    const pages = two();
    const [one, other] = pages;
    let now = 0;
    const events: ProposalEvent[] = [
      propose("draw"),
      propose("stage"),
      answer(true),
      answer(false),
      { type: "end" },
      { type: "timer" },
    ];
    for (let turn = 0; turn < 40; turn++) {
      now += random() * 20_000;
      const page = random() < 0.5 ? one : other;
      if (random() < 0.5) page.do(events[Math.floor(random() * events.length)] as ProposalEvent, now);
      else page.hears(page === one ? other : one, now);
    }
    talk(pages, now);
    for (const page of pages) page.do({ type: "timer" }, now + PATIENCE_MS);
    talk(pages, now + PATIENCE_MS);
    const goes = pages.map(({ proposals: { doing } }) => (doing.at === "going" ? doing.what : doing.at));
    expect([seed, goes[0]]).toEqual([seed, goes[1]]);
    const begins = pages.filter(({ proposals: { doing } }) => doing.at === "going" && doing.mine).length;
    expect([seed, begins]).toEqual([seed, goes[0] === "nothing" ? 0 : 1]);
  }
});

test("a flood of proposals asks the visitor at most twice for each thing", () => {
  const page = new Page(true);
  const random = randomFrom(7);
  const steps = ["propose", "end", "accept", "decline"] as const;
  for (let now = 0; now < 3_600_000; now += 200) {
    const step = steps[Math.floor(random() * 4)] ?? "end";
    page.do(says(step, random() < 0.5 ? "draw" : "stage", Math.ceil(random() * 4)), now);
    page.do({ type: "timer" }, now);
  }
  expect(page.news.filter((news) => news === "asked")).toHaveLength(4);
  expect(page.news).not.toContain("began");
});
