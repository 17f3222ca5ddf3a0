// Shows the appeals, each with its decision and case, and the form of the answer.

import type { Appeal, AppealAnswerRequest, AppealList, Case } from "../api.generated";
import { pathOf } from "../api-client";
import { field, h, shortId, timeElement, untrustedQuote, untrustedText } from "../dom";
import { formatAge } from "../format-time";
import type { Action } from "../keyboard";
import type { Screen, ScreenContext } from "../screen";
import { CaseView } from "../view/case";
import { appealBadge, badge, decisionView } from "../view/decisions";
import { createForm, type FormParts, loadInto } from "../view/forms";
import { visitorId } from "../view/visitor-id";
import { keyText, named, say } from "../words";

export class AppealsScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly body = h("div", {});
  private links: HTMLAnchorElement[] = [];
  private view: CaseView | undefined;
  private formParts: FormParts | undefined;
  private disposed = false;

  constructor(
    private readonly context: ScreenContext,
    private readonly selected: string,
  ) {
    this.root.append(h("h2", { tabindex: -1 }, say("screen_appeals")), this.body);
    const load = () => context.api.get<AppealList>("/appeals");
    void loadInto(this.body, load, ({ appeals }) => this.show(appeals));
  }

  onAction(action: Action): void {
    if (action.type === "next") this.step(1);
    if (action.type === "previous") this.step(-1);
    if (action.type === "open" && !this.selected) this.links[0]?.click();
    if (action.type === "send") this.formParts?.form.requestSubmit();
    if (action.type === "unveil") this.view?.showNextPicture();
    if (action.type === "blur") this.view?.toggleBlur();
    if (action.type === "chat") this.view?.toggleChats();
    if (action.type === "history") this.view?.showHistory();
    if (action.type === "report") this.view?.stepReport(action.step);
    if (action.type === "back")
      this.context.navigate(this.selected ? { screen: "appeals", id: "" } : { screen: "queue", id: "" });
  }

  dispose(): void {
    this.disposed = true;
    this.view?.dispose();
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
    const appeal = appeals.find(({ decision }) => decision.id === this.selected);
    const side = appeal ? this.detail(appeal) : h("p", { class: "empty" }, say("appeals_choose"));
    return [h("div", { class: "beside" }, list, side)];
  }

  private item({ decision, text, filed_at, mine, state }: Appeal): HTMLElement {
    const link = h(
      "a",
      {
        href: `#appeals/${encodeURIComponent(decision.id)}`,
        "aria-current": String(decision.id === this.selected),
      },
      h("span", { class: "reasons-given" }, badge(decision.level, decision.rule)),
      h("span", { class: "excerpt" }, untrustedText(text)),
      h(
        "span",
        { class: "stands" },
        mine && h("em", {}, say("people_you")),
        state !== "open" && appealBadge(state),
        shortId(decision.visitor),
      ),
      h("span", { class: "age" }, timeElement(filed_at, formatAge(filed_at, this.context.now()))),
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
    this.view = new CaseView(this.context, { onUndone: () => this.reload() });
    const path = pathOf`/cases/${decision.case}`;
    if (decision.case === "") beside.append(h("p", { class: "quiet" }, say("appeal_no_case")));
    else
      void loadInto(
        beside,
        () => this.context.api.get<Case>(path),
        (loaded) => [this.view?.render(loaded)],
      );
    return h(
      "article",
      { "aria-label": title, "data-decision": decision.id },
      h("a", { class: "back-link only-narrow", href: "#appeals" }, say("screen_appeals")),
      h("h3", {}, title),
      h("div", { role: "group", "aria-label": say("appeal_text") }, untrustedQuote(text)),
      h("p", {}, `${say("accused")} `, visitorId(decision.visitor, this.context.toast)),
      decisionView(decision, this.context),
      ...this.answerSection(appeal),
      beside,
    );
  }

  private answerSection(appeal: Appeal): HTMLElement[] {
    const notes = appeal.replaced ? [h("p", { class: "notice" }, say("appeal_replaced"))] : [];
    if (appeal.state !== "open")
      return [...notes, h("p", {}, appealBadge(appeal.state), " ", untrustedText(appeal.answer))];
    if (appeal.mine) return [...notes, h("p", { class: "notice" }, say("appeal_mine"))];
    if (!this.context.hasRole("moderator"))
      return [...notes, h("p", { class: "notice" }, say("appeal_viewer"))];
    return [...notes, this.answerForm(appeal)];
  }

  private answerForm({ decision }: Appeal): HTMLElement {
    const { texts } = this.context.drafts;
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
    this.formParts = createForm(
      "appeal",
      say("appeal_send"),
      () => this.submit(decision.id, key),
      choose,
      field(say("appeal_answer"), answer),
    );
    this.formParts.submitButton.append(h("kbd", { "aria-hidden": "true" }, keyText("Ctrl + Enter")));
    return this.formParts.form;
  }

  private async submit(decision: string, key: string): Promise<void> {
    const values = new FormData(this.formParts?.form);
    const body: AppealAnswerRequest = {
      overturn: values.get("outcome") === "overturn",
      answer: String(values.get("answer")),
    };
    await this.context.api.send("POST", pathOf`/appeals/${decision}`, body);
    this.context.drafts.texts.delete(key);
    this.context.toast(say("appeal_answered"));
    if (!this.disposed) this.reload();
  }

  private reload(): void {
    this.context.navigate({ screen: "appeals", id: "" });
  }
}
