// Shows a case: its reports, the result of triage, and the history of the accused.

import type { Case, Verdict } from "../api.generated";
import { h } from "../dom";
import { formatDuration, formatTime } from "../format-time";
import type { ScreenContext } from "../screen";
import { count, named, say } from "../words";
import { decisionView, deviceNotice, historyView } from "./decisions";
import type { PictureButton } from "./picture-button";
import { type ReportView, reportView } from "./report";

export class CaseView {
  /** The reports on the page. They are kept when the case is loaded again, with their open pictures. */
  private readonly reports = new Map<string, ReportView>();
  private lastShown: PictureButton | undefined;

  constructor(
    private readonly context: ScreenContext,
    private readonly onUndone: () => void,
  ) {}

  /** Renders the case. `first` and `last` stand above and below the facts, beside the reports. */
  render(shown: Case, first: HTMLElement[] = [], last: HTMLElement[] = []): HTMLElement {
    const reports = shown.reports.map((report) => {
      const view = this.reports.get(report.id) ?? reportView(report, this.context);
      this.reports.set(report.id, view);
      return view.root;
    });
    const minor = shown.reports.some(({ reason }) => reason === "minor");
    const flagged = shown.reports.length > 0 && shown.reports.every(({ flag }) => flag);
    return h(
      "div",
      { class: "case", "data-case": shown.id },
      h(
        "div",
        { class: "reports" },
        minor &&
          h(
            "p",
            { class: "minor-notice" },
            h("strong", { class: "minor" }, say("minor")),
            ` ${say("minor_long")}.`,
          ),
        flagged &&
          h(
            "p",
            { class: "flags-notice" },
            h("span", { class: "flags-only" }, say("flags_only")),
            ` ${say("flags_only_long")}`,
          ),
        ...reports,
      ),
      h("aside", {}, ...first, ...this.facts(shown), ...last),
    );
  }

  /** Loads the next picture that was not shown yet. */
  showNextPicture(): void {
    const next = this.pictures().find(({ state }) => state === "veiled");
    if (!next) return;
    this.lastShown = next;
    next.focus();
    void next.load();
  }

  /** Blurs or clears the picture that has the focus, or else the one that was shown last. */
  toggleBlur(): void {
    const chosen = this.pictures().find(({ focused }) => focused) ?? this.lastShown;
    chosen?.toggleBlur();
  }

  dispose(): void {
    for (const picture of this.pictures()) picture.dispose();
  }

  private pictures(): PictureButton[] {
    return [...this.reports.values()].flatMap(({ pictures }) => pictures);
  }

  private facts(shown: Case): HTMLElement[] {
    const { decision, standing, verdict, held_until, closed_at } = shown;
    const parts = [
      part(
        say("standing"),
        standing ? decisionView(standing, this.context, this.onUndone) : h("p", {}, say("standing_good")),
        ...deviceNotice(standing, shown.accused),
      ),
    ];
    if (closed_at) {
      const closed = h("p", { class: "quiet" }, say("closed", { time: formatTime(closed_at) }));
      const by =
        decision && decision.id !== standing?.id ? [decisionView(decision, this.context, this.onUndone)] : [];
      parts.unshift(part(say("closed_by"), closed, ...by));
    }
    if (verdict) parts.push(part(say("triage"), ...triage(verdict)));
    if (held_until) parts.push(h("p", { class: "quiet" }, say("held", { time: formatTime(held_until) })));
    return [...parts, part(say("history"), historyView(shown.history, this.context))];
  }
}

function part(title: string, ...children: HTMLElement[]): HTMLElement {
  return h("section", { class: "part", "aria-label": title }, h("h3", {}, title), ...children);
}

function triage({ score, networks, policy, level, seconds, rule }: Verdict): HTMLElement[] {
  const values = { score: score.toFixed(2), networks: count("network", networks), policy };
  const acts =
    level &&
    say("triage_acts", {
      level: named("level", level),
      rule: named("reason", rule),
      holding: formatDuration(seconds),
    });
  return [h("p", {}, say("triage_score", values)), h("p", {}, acts || say("triage_nothing"))];
}
