// The audit log, the newest first, and whether its chain holds.

import { button } from "../../../src/view/dom";
import { pathOf } from "../api";
import type { Desk, Screen } from "../desk";
import { h, table, time, written } from "../dom";
import { momentOf } from "../times";
import type { AuditCheck, AuditEntry } from "../types";
import { attempt, doing, fill } from "../view/forms";
import { count, say } from "../words";

const PAGE = 100;

export class AuditScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly place = h("div", {});
  private readonly result = h("p", { role: "status", class: "verdict" });
  private readonly older = button(say("audit_older"), () => void this.more());
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private entries: AuditEntry[] = [];

  constructor(private readonly desk: Desk) {
    const [check, problem] = doing(say("audit_check"), () => this.check());
    const head = h("header", { class: "row ends" }, h("h2", { tabindex: -1 }, say("screen_audit")), check);
    this.root.append(head, h("p", { class: "quiet" }, say("audit_text")), this.result, problem, this.place);
    void fill(
      this.place,
      () => this.page(),
      () => this.show(),
    );
  }

  private async page(): Promise<void> {
    const last = this.entries.at(-1);
    const before = last ? pathOf`&before=${last.sequence}` : "";
    const { entries } = await this.desk.api.get<{ entries: AuditEntry[] }>(`/audit?limit=${PAGE}${before}`);
    this.entries.push(...entries);
    this.older.hidden = entries.length < PAGE;
  }

  private async more(): Promise<void> {
    const done = await attempt(this.problem, this.older, () => this.page());
    if (done) this.place.replaceChildren(...this.show());
    this.older.focus();
  }

  private show(): HTMLElement[] {
    const heads = (
      ["audit_number", "audit_at", "audit_actor", "audit_action", "audit_subject", "audit_details"] as const
    ).map((key) => say(key));
    const shown = table(say("screen_audit"), heads, this.entries.map(rowOf));
    shown.classList.add("audit");
    const end = this.older.hidden ? [h("p", { class: "quiet" }, say("audit_all"))] : [];
    return [shown, this.problem, this.older, ...end];
  }

  private async check(): Promise<void> {
    this.result.textContent = say("audit_checking");
    delete this.result.dataset.intact;
    try {
      const { entries, intact, broken_at, head } = await this.desk.api.get<AuditCheck>("/audit/check");
      const values = { entries: count("entry", entries), head, sequence: broken_at ?? "" };
      this.result.textContent = say(intact ? "audit_intact" : "audit_broken", values);
      this.result.dataset.intact = String(intact);
    } catch (error) {
      this.result.textContent = "";
      throw error; // it is said beside the button
    }
  }
}

/** As people read it: moments are kept as milliseconds, 0 is none. */
function factOf(key: string, value: string): string {
  if (key !== "until" || !/^\d+$/.test(value)) return value;
  return value === "0" ? "–" : momentOf(Number(value));
}

function rowOf({ sequence, at, actor, action, subject, details }: AuditEntry) {
  const facts = Object.entries(details)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => h("div", {}, h("small", {}, `${key} `), written(factOf(key, value))));
  return [
    String(sequence),
    time(at, momentOf(at)),
    written(actor),
    action,
    written(subject),
    h("div", {}, ...facts),
  ];
}
