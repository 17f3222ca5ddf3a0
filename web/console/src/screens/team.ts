// Shows what waits for the moderator, what the team does now, and for seniors what everybody did.

import type { Assignment, Mention, Proposal, WorkloadReport, WorkloadRow } from "../api.generated";
import { type Child, field, h, shortId, table, timeElement, untrustedText } from "../dom";
import { formatAge, formatClock, formatTime, isoDay } from "../format-time";
import type { Screen, ScreenContext } from "../screen";
import { badge, historyOnDemand } from "../view/decisions";
import { createForm, loadInto } from "../view/forms";
import { count, decimal, say } from "../words";

const MONTH_MS = 30 * 86_400_000;

export class TeamScreen implements Screen {
  readonly root = h("section", { class: "screen team" });
  private readonly lists = h("div", { class: "team-lists" });
  private readonly exposure = h("p", {});
  private readonly careRules = h("p", { class: "quiet" });
  private shown = "";

  constructor(private readonly context: ScreenContext) {
    this.root.append(h("h2", { tabindex: -1 }, say("screen_team")), this.lists, this.careSection());
    if (context.hasRole("senior")) this.root.append(this.workloadSection());
    this.onQueueChange();
  }

  /** Builds the lists again only if they changed, so that nothing closes under somebody's hand. */
  onQueueChange(): void {
    this.showExposure();
    const { forMe, latest, me } = this.context.team;
    const own = latest.proposals.filter(({ by }) => by === me.name);
    const state = { forMe, own, claims: latest.claims };
    if (JSON.stringify(state) === this.shown) return;
    this.shown = JSON.stringify(state);
    const senior = this.context.hasRole("senior");
    const parts = [
      part(say("for_you"), [
        ...forMe.handed.map((one) => this.assignment(one)),
        ...forMe.mentions.map((one) => this.mention(one)),
      ], say("for_you_nothing")),
      senior && part(say("escalated"), forMe.escalated.map((one) => this.assignment(one)), say("escalated_nothing")),
      part(say("second_looks"), forMe.proposals.map((one) => this.proposal(one)), say("second_looks_nothing")),
      own.length > 0 && part(say("own_proposals"), own.map((one) => this.proposal(one)), ""),
      part(say("looking_now"), latest.claims.map(({ case: about, account, since }) => [
        untrustedText(account), " · ", caseLink(about, `${say("screen_case")} `, about), ` · ${say("since", { time: formatClock(since) })}`,
      ]), say("looking_nobody")),
    ]; // biome-ignore format: a list of parts
    this.lists.replaceChildren(...parts.filter((one) => one !== false));
  }

  private assignment({ case: about, accused, by, sentence, at }: Assignment): Child[] {
    const from = [untrustedText(by), ": ", untrustedText(sentence)];
    return [caseLink(about, `${say("case_of")} `, accused), " · ", ...from, " · ", this.age(at)];
  }

  private mention({ case: about, visitor, by, at }: Mention): Child[] {
    const said = [untrustedText(by), ` ${say("mentions_you")}`, " · ", this.age(at)];
    if (about !== null) return [caseLink(about, `${say("case_of")} `, visitor), " · ", ...said];
    return [...said, historyOnDemand(say("visitor_history"), visitor, this.context)];
  }

  private proposal({ case: about, accused, by, level, rule, at, holds_until }: Proposal): Child[] {
    const holds = say("holds_until", { time: formatTime(holds_until) });
    const what = [untrustedText(by), " · ", badge(level, rule), " · ", this.age(at)];
    return [
      caseLink(about, `${say("case_of")} `, accused),
      " · ",
      ...what,
      h("p", { class: "quiet" }, holds),
    ];
  }

  private age(at: number): HTMLElement {
    return timeElement(at, formatAge(at, this.context.now()));
  }

  private careSection(): HTMLElement {
    const { care } = this.context;
    const wanted = h("input", { type: "checkbox", name: "no-minors", checked: care.noMinors });
    wanted.onchange = () => {
      care.noMinors = wanted.checked;
    };
    const choice = h("label", { class: "check" }, wanted, say("no_minors"));
    return h(
      "section",
      { class: "part", "aria-label": say("care") },
      h("h3", {}, say("care")),
      this.exposure,
      choice,
      this.careRules,
    );
  }

  /** Shows how many pictures the moderator has opened, and when a break is suggested. */
  private showExposure(): void {
    const { last_hour, since, suggested, limit, work_minutes, break_minutes } = this.context.care.exposure;
    const rules = Number.isFinite(suggested)
      ? say("care_rules", {
          pictures: count("picture", suggested),
          work: count("minute", work_minutes),
          pause: count("minute", break_minutes),
        })
      : "";
    const most = limit ? say("care_limit", { pictures: count("picture", limit) }) : "";
    const texts = [say("no_minors_text"), rules, most, say("care_private")];
    this.exposure.textContent = say("exposure", { hour: last_hour, today: count("picture", since) });
    this.careRules.textContent = texts.filter((text) => text !== "").join(" ");
  }

  private workloadSection(): HTMLElement {
    const now = this.context.now();
    const from = h("input", { type: "date", name: "from", value: isoDay(now - MONTH_MS), required: true });
    const to = h("input", { type: "date", name: "to", value: isoDay(now), required: true });
    const figures = h("div", { "aria-live": "polite" });
    const load = () => {
      const path = `/workload?${new URLSearchParams({ from: from.value, to: to.value })}`;
      return loadInto(figures, () => this.context.api.get<WorkloadReport>(path), workloadTable);
    };
    const { form } = createForm(
      "workload",
      say("show"),
      load,
      field(say("from"), from),
      field(say("to"), to),
    );
    form.classList.add("in-line");
    return h(
      "section",
      { class: "part", "aria-label": say("workload") },
      h("h3", {}, say("workload")),
      h("p", {}, say("workload_text")),
      form,
      figures,
    );
  }
}

function part(title: string, entries: Child[][], nothing: string): HTMLElement {
  const list = h("ul", {}, ...entries.map((entry) => h("li", {}, ...entry)));
  const inside = entries.length ? list : h("p", { class: "quiet" }, nothing);
  return h("section", { class: "part", "aria-label": title }, h("h3", {}, title), inside);
}

/** Links to a case. `text` says of what the id behind it is. */
function caseLink(about: string, text: string, id: string): HTMLElement {
  return h("a", { href: `#case/${encodeURIComponent(about)}` }, text, shortId(id));
}

function workloadTable({ rows }: WorkloadReport): HTMLElement[] {
  if (rows.length === 0) return [h("p", { class: "quiet" }, say("workload_nothing"))];
  const heads = (
    [
      "account",
      "cases",
      "dismissed",
      "undone",
      "minutes",
      "looks",
      "pictures",
      "upheld",
      "overturned",
    ] as const
  ).map((key) => say(`workload_${key}`));
  return [table(say("workload_table"), heads, rows.map(workloadRow))];
}

function workloadRow(row: WorkloadRow): Child[] {
  const share = row.cases ? ` (${Math.round((100 * row.dismissed) / row.cases)}\u00a0%)` : "";
  const minutes =
    row.minutes === null ? say("none") : say("minutes_about", { minutes: decimal(row.minutes, 1) });
  const numbers = [row.second_looks, row.pictures, row.upheld, row.overturned].map(String);
  return [
    untrustedText(row.account),
    String(row.cases),
    `${row.dismissed}${share}`,
    String(row.undone),
    minutes,
    ...numbers,
  ];
}
