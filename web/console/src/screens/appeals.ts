// Appeals: what somebody says against a decision, with the case beside it, and the answer.

import { pathOf } from "../api";
import type { Desk, Screen } from "../desk";
import { field, h, idOf, quoted, time, written } from "../dom";
import type { Action } from "../keys";
import { ageOf } from "../times";
import type { Appeal, Case } from "../types";
import { CaseView } from "../view/case";
import { badge, decisionView } from "../view/decisions";
import { fill, type Sheet, sheet } from "../view/forms";
import { named, say } from "../words";

export class AppealsScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly body = h("div", {});
  private links: HTMLAnchorElement[] = [];
  private view: CaseView | undefined;
  private answer: Sheet | undefined;

  constructor(
    private readonly desk: Desk,
    private readonly chosen: string,
  ) {
    this.root.append(h("h2", { tabindex: -1 }, say("screen_appeals")), this.body);
    const load = () => desk.api.get<{ appeals: Appeal[] }>("/appeals");
    void fill(this.body, load, ({ appeals }) => this.show(appeals));
  }

  act(action: Action): void {
    if (action.does === "next") this.step(1);
    if (action.does === "previous") this.step(-1);
    if (action.does === "send") this.answer?.form.requestSubmit();
    if (action.does === "unveil") this.view?.unveil();
    if (action.does === "blur") this.view?.blur();
    if (action.does === "back")
      this.desk.go(this.chosen ? { screen: "appeals", of: "" } : { screen: "queue", of: "" });
  }

  leave(): void {
    this.view?.forget();
  }

  private step(step: number): void {
    const at = this.links.indexOf(document.activeElement as HTMLAnchorElement);
    const shown = this.links.findIndex((link) => link.getAttribute("aria-current") === "true");
    const from = at < 0 ? shown : at;
    this.links[Math.min(this.links.length - 1, Math.max(0, from + step))]?.focus();
  }

  private show(appeals: Appeal[]): HTMLElement[] {
    if (appeals.length === 0) return [h("p", { class: "empty" }, say("appeals_empty"))];
    const items = appeals.map((appeal) => this.item(appeal));
    this.links = items.map((item) => item.querySelector("a") as HTMLAnchorElement);
    const list = h("ol", { class: "queue narrow", "aria-label": say("screen_appeals") }, ...items);
    const appeal = appeals.find(({ decision }) => decision.id === this.chosen);
    const side = appeal ? this.detail(appeal) : h("p", { class: "empty" }, say("appeals_choose"));
    return [h("div", { class: "beside" }, list, side)];
  }

  private item({ decision, text, filed_at, mine, state }: Appeal): HTMLElement {
    const link = h(
      "a",
      {
        href: `#appeals/${encodeURIComponent(decision.id)}`,
        "aria-current": String(decision.id === this.chosen),
      },
      h("span", { class: "reasons-given" }, badge(decision.level, decision.rule)),
      h("span", { class: "excerpt" }, written(text)),
      h(
        "span",
        { class: "stands" },
        mine && h("em", {}, say("people_you")),
        state !== "open" && badge(state),
        idOf(decision.visitor),
      ),
      h("span", { class: "age" }, time(filed_at, ageOf(filed_at, this.desk.now()))),
    );
    return h("li", { "data-appeal": decision.id }, link);
  }

  private detail(appeal: Appeal): HTMLElement {
    const { decision, text } = appeal;
    const title = say("appeal_title", {
      level: named("level", decision.level),
      rule: named("reason", decision.rule),
    });
    const beside = h("div", {});
    this.view = new CaseView(this.desk, () => this.again());
    const path = pathOf`/cases/${decision.case}`;
    if (decision.case === "") beside.append(h("p", { class: "quiet" }, say("appeal_no_case")));
    else
      void fill(
        beside,
        () => this.desk.api.get<Case>(path),
        (loaded) => [this.view?.show(loaded)],
      );
    return h(
      "article",
      { "aria-label": title, "data-decision": decision.id },
      h("h3", {}, title),
      h("div", { role: "group", "aria-label": say("appeal_text") }, quoted(text)),
      decisionView(decision, this.desk),
      ...this.answering(appeal),
      beside,
    );
  }

  private answering(appeal: Appeal): HTMLElement[] {
    const notes = appeal.replaced ? [h("p", { class: "notice" }, say("appeal_replaced"))] : [];
    if (appeal.state !== "open")
      return [...notes, h("p", {}, badge(appeal.state), " ", written(appeal.answer))];
    if (appeal.mine) return [...notes, h("p", { class: "notice" }, say("appeal_mine"))];
    if (!this.desk.may("moderator")) return [...notes, h("p", { class: "notice" }, say("appeal_viewer"))];
    return [...notes, this.form(appeal)];
  }

  private form({ decision }: Appeal): HTMLElement {
    const { texts } = this.desk.drafts;
    const answer = h("textarea", { name: "answer", rows: 4, required: true, maxlength: 2000 });
    const key = `appeal/${decision.id}`;
    answer.value = texts.get(key) ?? "";
    answer.oninput = () => texts.set(key, answer.value);
    const outcome = (value: string, label: string) =>
      h(
        "label",
        { class: "choice" },
        h("input", { type: "radio", name: "outcome", value, required: true }),
        h("span", {}, label),
      );
    const outcomes = [outcome("uphold", say("appeal_uphold")), outcome("overturn", say("appeal_overturn"))];
    const choose = h("fieldset", { class: "durations" }, h("legend", {}, say("appeal_outcome")), ...outcomes);
    this.answer = sheet(
      "appeal",
      say("appeal_send"),
      () => this.submit(decision.id, key),
      choose,
      field(say("appeal_answer"), answer),
    );
    this.answer.send.append(h("kbd", { "aria-hidden": "true" }, "Ctrl + Enter"));
    return this.answer.form;
  }

  private async submit(decision: string, key: string): Promise<void> {
    const values = new FormData(this.answer?.form);
    const body = { overturn: values.get("outcome") === "overturn", answer: String(values.get("answer")) };
    await this.desk.api.send("POST", pathOf`/appeals/${decision}`, body);
    this.desk.drafts.texts.delete(key);
    this.desk.toast(say("appeal_answered"));
    this.again();
  }

  private again(): void {
    this.desk.go({ screen: "appeals", of: "" });
  }
}
