// Lets seniors edit a copy of the policy and replay it on past cases.

import { button } from "../../../src/view/dom";
import type { AutomaticAction, Dismissal, Level, PolicyText, Replay, ReplayRequest } from "../api.generated";
import { type Child, field, h, table } from "../dom";
import { formatExactTime, formatTime } from "../format-time";
import type { Action } from "../keyboard";
import type { Screen, ScreenContext } from "../screen";
import { createForm, type FormParts, loadInto } from "../view/forms";
import { replayChart, replayTable } from "../view/replay-chart";
import { visitorLink } from "../view/visitor-id";
import { count, named, say } from "../words";

const DRAFT = "policy";
const MAX_DIFFERENCES = 100;

export class PolicyScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly body = h("div", {});
  private readonly result = h("section", { class: "replay", "aria-live": "polite" });
  private readonly text = h("textarea", {
    name: "policy",
    dir: "ltr",
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
  private formParts: FormParts | undefined;

  constructor(private readonly context: ScreenContext) {
    this.root.append(h("h2", { tabindex: -1 }, say("screen_policy")), this.body, this.result);
    const load = () => context.api.get<PolicyText>("/policy");
    void loadInto(this.body, load, (policy) => this.show(policy));
  }

  onAction(action: Action): void {
    if (action.type === "send") this.formParts?.form.requestSubmit();
    if (action.type === "back") this.context.navigate({ screen: "queue", id: "" });
  }

  private show({ version, text }: PolicyText): Child[] {
    const { texts } = this.context.drafts;
    this.text.value = texts.get(DRAFT) ?? text;
    this.text.oninput = () => texts.set(DRAFT, this.text.value);
    this.formParts = createForm(
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
    this.formParts.submitButton.after(reset);
    return [
      h("p", {}, say("policy_version", { version })),
      h("p", { class: "quiet" }, say("policy_text")),
      this.formParts.form,
    ];
  }

  private async replay(): Promise<void> {
    const body: ReplayRequest = { policy: this.text.value, days: this.days.valueAsNumber };
    this.result.replaceChildren(h("p", { class: "quiet" }, say("replaying")));
    try {
      const replay = await this.context.api.send<Replay>("POST", "/policy/replay", body);
      this.result.replaceChildren(...replayView(replay));
      this.result.scrollIntoView({ block: "start" });
    } catch (error) {
      this.result.replaceChildren();
      throw error; // the form shows it
    }
  }
}

function decidedText(decided: Level | null, dismissal: Dismissal): string {
  if (decided === null) return say("judgement_undecided");
  return decided === "good"
    ? `${named("level", decided)} (${named("dismissed", dismissal)})`
    : named("level", decided);
}

function replayView({ cases, before, after, differences }: Replay): HTMLElement[] {
  const said = say("replay_cases", {
    cases: count("case", cases),
    before: before.policy,
    after: after.policy,
  });
  const rows = differences.map(({ visitor, before, after, decided, dismissal }) => [
    visitorLink(visitor),
    ...sides(before, after),
    decidedText(decided, dismissal),
  ]);
  const heads = [say("difference_visitor"), say("before"), say("after"), say("difference_decided")];
  return [
    h("h3", {}, say("replay_title")),
    h("p", { class: "quiet" }, said),
    replayChart(before, after),
    replayTable(before, after),
    h("h3", {}, say("differences")),
    rows.length ? table(say("differences"), heads, rows) : h("p", {}, say("differences_none")),
    ...(rows.length >= MAX_DIFFERENCES
      ? [h("p", { class: "quiet" }, say("differences_first", { count: MAX_DIFFERENCES }))]
      : []),
  ];
}

/** Shows both sides with times as exact as it takes to tell them apart. */
function sides(before: AutomaticAction[], after: AutomaticAction[]): [HTMLElement, HTMLElement] {
  for (const time of [formatTime, (at: number) => formatExactTime(at, 0)]) {
    const shown = [actionList(before, time), actionList(after, time)] as const;
    if (shown[0].textContent !== shown[1].textContent) return [...shown];
  }
  const exact = (at: number) => formatExactTime(at, 3);
  return [actionList(before, exact), actionList(after, exact)];
}

function actionList(actions: AutomaticAction[], time: (at: number) => string): HTMLElement {
  if (actions.length === 0) return h("span", { class: "quiet" }, say("difference_nothing"));
  const items = actions.map(({ level, rule, at, until }) => {
    const values = {
      level: named("level", level),
      rule: named("reason", rule),
      from: time(at),
      until: until === 0 ? say("without_end") : say("until", { time: time(until) }),
    };
    return h("li", {}, say("taken", values));
  });
  return h("ul", {}, ...items);
}
