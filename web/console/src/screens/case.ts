// A case: what was reported, what is known of the accused, and the decision.

import { button, say as put } from "../../../src/view/dom";
import { pathOf } from "../api";
import type { Desk, Screen } from "../desk";
import { h, idOf } from "../dom";
import type { Action } from "../keys";
import { hasMore } from "../rules";
import type { Case, Decision } from "../types";
import { CaseView } from "../view/case";
import { fill } from "../view/forms";
import { say } from "../words";
import { Deciding } from "./deciding";
import { keeping } from "./keeping";

export class CaseScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly heading = h("h2", { tabindex: -1 }, say("screen_case"));
  private readonly changed = h("p", { class: "changed", role: "status", hidden: true });
  private readonly body = h("div", {});
  private readonly view: CaseView;
  private deciding: Deciding | undefined;
  private shown: Case | undefined;
  private next: string | undefined;

  constructor(
    private readonly desk: Desk,
    private readonly id: string,
  ) {
    this.view = new CaseView(desk, () => void this.load());
    const back = h("a", { class: "back-link", href: "#queue" }, `← ${say("back_to_queue")}`);
    this.root.append(back, this.heading, this.changed, this.body);
    desk.lines.select(id);
    void this.load();
  }

  act(action: Action): void {
    if (action.does === "back") this.back();
    if (action.does === "close") this.deciding?.close();
    if (action.does === "send") this.deciding?.send();
    if (action.does === "decide") this.deciding?.begin(action.level);
    if (action.does === "unveil") this.view.unveil();
    if (action.does === "blur") this.view.blur();
    if (action.does === "next" || action.does === "previous") this.step(action.does === "next" ? 1 : -1);
  }

  leave(): void {
    this.view.forget();
  }

  queueChanged(): void {
    const { shown } = this;
    const { latest } = this.desk.lines;
    if (!shown || shown.closed_at || !latest) return;
    const line = latest.cases.find(({ id }) => id === this.id);
    if (line && hasMore(line, shown.reports)) this.offer(say("case_changed"));
    else if (!line && latest.open <= latest.cases.length && this.next === undefined)
      this.offer(say("case_decided"));
    else put(this.changed, undefined);
  }

  private offer(text: string): void {
    put(this.changed, text);
    this.changed.append(
      " ",
      button(say("case_reload"), () => void this.load()),
    );
  }

  private back(): void {
    if (this.deciding?.open) this.deciding.close();
    else this.desk.go({ screen: "queue", of: "" });
  }

  private step(step: 1 | -1): void {
    this.desk.lines.move(step);
    const to = this.desk.lines.shown.selected;
    if (to && to !== this.id) this.desk.go({ screen: "case", of: to });
  }

  private async load(): Promise<void> {
    const path = pathOf`/cases/${this.id}`;
    const focused = document.activeElement;
    await fill(
      this.body,
      () => this.desk.api.get<Case>(path),
      (loaded) => [this.show(loaded)],
    );
    if (focused instanceof HTMLElement && this.body.contains(focused)) focused.focus({ preventScroll: true });
  }

  private show(loaded: Case): HTMLElement {
    this.shown = loaded;
    put(this.changed, undefined);
    this.heading.replaceChildren(say("case_of"), idOf(loaded.accused));
    const last = this.desk.may("senior") ? keeping(loaded, this.desk) : [];
    return this.view.show(loaded, this.decision(loaded), last);
  }

  /** The form outlives every loading. */
  private decision(loaded: Case): HTMLElement[] {
    if (loaded.closed_at && !this.deciding?.open) this.deciding = undefined;
    else if (this.deciding) this.deciding.renew(loaded);
    else if (this.desk.may("moderator")) this.deciding = this.form(loaded);
    if (this.deciding) return [this.deciding.root];
    return loaded.closed_at ? [] : [h("p", { class: "quiet" }, say("decision_viewer"))];
  }

  private form(loaded: Case): Deciding {
    return new Deciding(this.desk, loaded, {
      done: (decision) => this.done(decision),
      conflict: () => void this.load(),
    });
  }

  private done(decision: Decision): void {
    this.next = this.desk.lines.following(this.id) ?? "";
    this.desk.decided(decision, this.id);
    if (this.next) this.desk.go({ screen: "case", of: this.next });
    else {
      this.desk.toast(say("queue_done"));
      this.desk.go({ screen: "queue", of: "" });
    }
  }
}
