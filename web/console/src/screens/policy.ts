// The policy of triage: changed here on trial, and replayed on past cases.

import { button } from "../../../src/view/dom";
import type { Desk, Screen } from "../desk";
import { type Child, field, h, idOf, table } from "../dom";
import type { Action } from "../keys";
import { momentOf, untilOf } from "../times";
import type { Replay, Taken } from "../types";
import { replayChart, replayTable } from "../view/chart";
import { fill, type Sheet, sheet } from "../view/forms";
import { count, named, say } from "../words";

const DRAFT = "policy";
const AT_MOST = 100;

export class PolicyScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly body = h("div", {});
  private readonly result = h("section", { class: "replay", "aria-live": "polite" });
  private readonly text = h("textarea", {
    name: "policy",
    class: "code",
    rows: 24,
    spellcheck: "false",
    autocapitalize: "off",
    required: true,
  });
  private readonly days = h("input", {
    type: "number",
    name: "days",
    min: 1,
    max: 3650,
    value: 90,
    required: true,
  });
  private made: Sheet | undefined;

  constructor(private readonly desk: Desk) {
    this.root.append(h("h2", { tabindex: -1 }, say("screen_policy")), this.body, this.result);
    const load = () => desk.api.get<{ version: string; text: string }>("/policy");
    void fill(this.body, load, (policy) => this.show(policy));
  }

  act(action: Action): void {
    if (action.does === "send") this.made?.form.requestSubmit();
    if (action.does === "back") this.desk.go({ screen: "queue", of: "" });
  }

  private show({ version, text }: { version: string; text: string }): Child[] {
    const { texts } = this.desk.drafts;
    this.text.value = texts.get(DRAFT) ?? text;
    this.text.oninput = () => texts.set(DRAFT, this.text.value);
    this.made = sheet(
      "policy",
      say("policy_replay"),
      () => this.replay(),
      field(say("policy_label"), this.text),
      field(say("policy_days"), this.days),
    );
    const reset = button(say("policy_reset"), () => {
      this.text.value = text;
      texts.delete(DRAFT);
    });
    this.made.send.after(reset);
    return [
      h("p", {}, say("policy_version", { version })),
      h("p", { class: "quiet" }, say("policy_text")),
      this.made.form,
    ];
  }

  private async replay(): Promise<void> {
    const body = { policy: this.text.value, days: this.days.valueAsNumber };
    this.result.replaceChildren(h("p", { class: "quiet" }, say("replaying")));
    try {
      const replay = await this.desk.api.send<Replay>("POST", "/policy/replay", body);
      this.result.replaceChildren(...shown(replay));
      this.result.scrollIntoView({ block: "start" });
    } catch (error) {
      this.result.replaceChildren();
      throw error; // the form says it
    }
  }
}

function shown({ cases, before, after, differences }: Replay): HTMLElement[] {
  const said = say("replay_cases", {
    cases: count("case", cases),
    before: before.policy,
    after: after.policy,
  });
  const rows = differences.map(({ visitor, before, after, decided }) => [
    idOf(visitor),
    taken(before),
    taken(after),
    decided === null ? say("judgement_undecided") : named("level", decided),
  ]);
  const heads = [say("difference_visitor"), say("before"), say("after"), say("difference_decided")];
  return [
    h("h3", {}, say("replay_title")),
    h("p", { class: "quiet" }, said),
    replayChart(before, after),
    replayTable(before, after),
    h("h3", {}, say("differences")),
    rows.length ? table(say("differences"), heads, rows) : h("p", {}, say("differences_none")),
    ...(rows.length >= AT_MOST
      ? [h("p", { class: "quiet" }, say("differences_first", { count: AT_MOST }))]
      : []),
  ];
}

function taken(actions: Taken[]): HTMLElement {
  if (actions.length === 0) return h("span", { class: "quiet" }, say("difference_nothing"));
  const items = actions.map(({ level, rule, at, until }) => {
    const values = {
      level: named("level", level),
      rule: named("reason", rule),
      from: momentOf(at),
      until: untilOf(until, 0),
    };
    return h("li", {}, say("taken", values));
  });
  return h("ul", {}, ...items);
}
