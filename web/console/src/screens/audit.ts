// Shows the audit log, the newest entry first, filters and saves it, and checks its chain.

import { button } from "../../../src/view/dom";
import type { AuditCheck, AuditEntries, AuditEntry, AuditProblem, AuditState } from "../api.generated";
import { pathOf } from "../api-client";
import { type AuditName, accountRoute, auditQueryText, parseAuditQuery, subjectRoute } from "../audit-links";
import { field, h, table, timeElement, untrustedText } from "../dom";
import { formatTime } from "../format-time";
import { type Route, routeHash } from "../routes";
import type { Screen, ScreenContext } from "../screen";
import { actionButton, createForm, loadInto, runAndReport, saveFile } from "../view/forms";
import { count, type Key, say } from "../words";

const PAGE = 100;

export class AuditScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly container = h("div", {});
  private readonly result = h("div", { role: "status", class: "verdict" });
  private readonly older = button(say("audit_older"), () => void this.loadOlder());
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private entries: AuditEntry[] = [];
  /** The filter, as an address has it. */
  private readonly query: string;

  constructor(
    private readonly context: ScreenContext,
    query: string,
  ) {
    this.query = auditQueryText(parseAuditQuery(query));
    const [check, problem] = actionButton(say("audit_check"), () => this.check());
    const head = h("header", { class: "row ends" }, h("h2", { tabindex: -1 }, say("screen_audit")), check);
    this.root.append(
      head,
      h("p", { class: "quiet" }, say("audit_text")),
      this.result,
      problem,
      this.filters(),
      this.container,
    );
    void runAndReport(problem, undefined, () => this.showState());
    void loadInto(
      this.container,
      () => this.loadPage(),
      () => this.show(),
    );
  }

  private filters(): HTMLElement {
    const given = parseAuditQuery(this.query);
    const input = (name: AuditName, type = "text") =>
      h("input", { name, type, value: given[name] ?? "", autocomplete: "off", spellcheck: "false" });
    const inputs = [
      input("action"),
      input("actor"),
      input("subject"),
      input("from", "date"),
      input("to", "date"),
    ];
    const find = async () => {
      const query = auditQueryText(Object.fromEntries(inputs.map(({ name, value }) => [name, value.trim()])));
      this.context.navigate({ screen: "audit", id: "", query });
    };
    const keys = ["audit_action", "audit_actor", "audit_subject", "from", "to"] as const;
    const fields = inputs.map((one, place) => field(say(keys[place] as Key), one));
    const { form } = createForm(
      "audit",
      say("audit_filter"),
      find,
      h("div", { class: "in-line" }, ...fields),
    );
    const saves = (["csv", "json"] as const).flatMap((kind) =>
      actionButton(say(`download_${kind}`), () => this.save(kind)),
    );
    form.querySelector(".row")?.append(...saves);
    const open = this.query !== "" || matchMedia("(width >= 760px)").matches;
    return h("details", { open }, h("summary", {}, say("audit_search")), form);
  }

  private async save(kind: "csv" | "json"): Promise<void> {
    const separator = this.query ? "&" : "";
    const path = `/audit/export?${this.query}${separator}format=${kind}`;
    saveFile(await this.context.api.download(path, `audit.${kind}`));
  }

  private async loadPage(): Promise<void> {
    const last = this.entries.at(-1);
    const before = last ? pathOf`&before=${last.sequence}` : "";
    const filter = this.query ? `&${this.query}` : "";
    const { entries } = await this.context.api.get<AuditEntries>(`/audit?limit=${PAGE}${filter}${before}`);
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

  /** Says what the service found by itself. */
  private async showState(): Promise<void> {
    const { checked_at, found, problems } = await this.context.api.get<AuditState>("/audit/state");
    if (!checked_at) return this.result.replaceChildren(say("audit_state_none"));
    const result = found ? count("problem", found) : say("audit_state_good");
    this.showResult(say("audit_state", { time: formatTime(checked_at), result }), found, problems);
  }

  private async check(): Promise<void> {
    this.result.replaceChildren(say("audit_checking"));
    delete this.result.dataset.intact;
    try {
      const check = await this.context.api.get<AuditCheck>("/audit/check");
      this.showResult(checkSentence(check), check.found, check.problems);
    } catch (error) {
      this.result.replaceChildren();
      throw error; // it is shown beside the button
    }
  }

  private showResult(sentence: string, found: number, problems: AuditProblem[]): void {
    const rows = problems.map(({ kind, subject }) => h("li", {}, say(`audit_problem_${kind}`, { subject })));
    const more = found - problems.length;
    if (more > 0) rows.push(h("li", {}, say("audit_problem_more", { count: more })));
    const help = rows.length ? [h("ul", {}, ...rows), h("p", {}, say("audit_what_to_do"))] : [];
    this.result.replaceChildren(sentence, ...help);
    this.result.dataset.intact = String(found === 0);
  }
}

function checkSentence(check: AuditCheck): string {
  const { entries, decisions, unlogged, intact, found, acknowledged, head } = check;
  const values = {
    entries: count("entry", entries),
    decisions: count("decision", decisions),
    problems: count("problem", found),
    head,
  };
  const said = [say(intact ? "audit_intact" : "audit_broken", values)];
  if (unlogged) said.push(say("audit_unlogged", { count: unlogged }));
  if (acknowledged) said.push(say("audit_acknowledged", { problems: count("problem", acknowledged) }));
  return said.join(" ");
}

/** Writes a detail for people. The log has times in milliseconds, and 0 for none. */
function formatDetail(key: string, value: string): string {
  if (key !== "until" || !/^\d+$/.test(value)) return value;
  return value === "0" ? "–" : formatTime(Number(value));
}

/** Returns a text of the log, as a link if there is something to open. */
function linked(text: string, route: Route | undefined): HTMLElement {
  const shown = untrustedText(text);
  return route && text !== "" ? h("a", { href: routeHash(route) }, shown) : shown;
}

/** Returns where a detail leads. */
function detailRoute(key: string, value: string): Route | undefined {
  if (key === "case") return { screen: "case", id: value };
  return key === "visitor" || key === "accused" ? { screen: "visitor", id: value } : undefined;
}

function entryRow(entry: AuditEntry) {
  const { sequence, at, actor, action, subject, details } = entry;
  const facts = Object.entries(details)
    .filter(([key, value]) => value !== "" && key !== "digest")
    .map(([key, value]) =>
      h("div", {}, h("small", {}, `${key} `), linked(formatDetail(key, value), detailRoute(key, value))),
    );
  return [
    String(sequence),
    timeElement(at, formatTime(at)),
    linked(actor, accountRoute(actor)),
    action,
    linked(subject, subjectRoute(entry)),
    h("div", {}, ...facts),
  ];
}
