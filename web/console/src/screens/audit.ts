// Shows the audit log, the newest entry first, and checks its chain.

import { button } from "../../../src/view/dom";
import type { AuditCheck, AuditEntries, AuditEntry } from "../api.generated";
import { pathOf } from "../api-client";
import { h, table, timeElement, untrustedText } from "../dom";
import { formatTime } from "../format-time";
import type { Screen, ScreenContext } from "../screen";
import { actionButton, loadInto, runAndReport } from "../view/forms";
import { count, say } from "../words";

const PAGE = 100;

export class AuditScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly container = h("div", {});
  private readonly result = h("p", { role: "status", class: "verdict" });
  private readonly older = button(say("audit_older"), () => void this.loadOlder());
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private entries: AuditEntry[] = [];

  constructor(private readonly context: ScreenContext) {
    const [check, problem] = actionButton(say("audit_check"), () => this.check());
    const head = h("header", { class: "row ends" }, h("h2", { tabindex: -1 }, say("screen_audit")), check);
    this.root.append(
      head,
      h("p", { class: "quiet" }, say("audit_text")),
      this.result,
      problem,
      this.container,
    );
    void loadInto(
      this.container,
      () => this.loadPage(),
      () => this.show(),
    );
  }

  private async loadPage(): Promise<void> {
    const last = this.entries.at(-1);
    const before = last ? pathOf`&before=${last.sequence}` : "";
    const { entries } = await this.context.api.get<AuditEntries>(`/audit?limit=${PAGE}${before}`);
    this.entries.push(...entries);
    this.older.hidden = entries.length < PAGE;
  }

  private async loadOlder(): Promise<void> {
    const done = await runAndReport(this.problem, this.older, () => this.loadPage());
    if (done) this.container.replaceChildren(...this.show());
    this.older.focus();
  }

  private show(): HTMLElement[] {
    const heads = (
      ["audit_number", "audit_at", "audit_actor", "audit_action", "audit_subject", "audit_details"] as const
    ).map((key) => say(key));
    const shown = table(say("screen_audit"), heads, this.entries.map(entryRow));
    shown.classList.add("audit", "cards");
    const end = this.older.hidden ? [h("p", { class: "quiet" }, say("audit_all"))] : [];
    return [shown, this.problem, this.older, ...end];
  }

  private async check(): Promise<void> {
    this.result.textContent = say("audit_checking");
    delete this.result.dataset.intact;
    try {
      const { entries, intact, broken_at, head } = await this.context.api.get<AuditCheck>("/audit/check");
      const values = { entries: count("entry", entries), head, sequence: broken_at ?? "" };
      this.result.textContent = say(intact ? "audit_intact" : "audit_broken", values);
      this.result.dataset.intact = String(intact);
    } catch (error) {
      this.result.textContent = "";
      throw error; // it is shown beside the button
    }
  }
}

/** Writes a detail for people. The log has times in milliseconds, and 0 for none. */
function formatDetail(key: string, value: string): string {
  if (key !== "until" || !/^\d+$/.test(value)) return value;
  return value === "0" ? "–" : formatTime(Number(value));
}

function entryRow({ sequence, at, actor, action, subject, details }: AuditEntry) {
  const facts = Object.entries(details)
    .filter(([, value]) => value !== "")
    .map(([key, value]) => h("div", {}, h("small", {}, `${key} `), untrustedText(formatDetail(key, value))));
  return [
    String(sequence),
    timeElement(at, formatTime(at)),
    untrustedText(actor),
    action,
    untrustedText(subject),
    h("div", {}, ...facts),
  ];
}
