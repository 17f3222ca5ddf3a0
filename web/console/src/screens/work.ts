// Shows what waits for moderators, and what was decided lately.

import { button } from "../../../src/view/dom";
import type { AuditState, Waiting, Work } from "../api.generated";
import { h } from "../dom";
import { formatDay, formatWait } from "../format-time";
import type { Action } from "../keyboard";
import type { Screen, ScreenContext } from "../screen";
import { dayChart, rowChart } from "../view/figure-charts";
import { loadInto } from "../view/forms";
import { count, named, say } from "../words";

export class WorkScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly figures = h("div", {});

  constructor(private readonly context: ScreenContext) {
    // It does not load by itself: that would keep an idle session from ending.
    const refresh = button(say("work_refresh"), () => void this.load());
    const head = h("header", { class: "row ends" }, h("h2", { tabindex: -1 }, say("screen_work")), refresh);
    this.root.append(head, h("p", { class: "quiet" }, say("work_text")), this.figures);
    void this.load();
  }

  onAction(action: Action): void {
    if (action.type === "back") this.context.navigate({ screen: "queue", id: "" });
  }

  private load(): Promise<void> {
    const { api, hasRole } = this.context;
    const state = () => (hasRole("senior") ? api.get<AuditState>("/audit/state") : undefined);
    return loadInto(
      this.figures,
      () => Promise.all([api.get<Work>("/work"), state()]),
      ([work, audit]) => workView(work, audit),
    );
  }
}

/** Only seniors have `audit`. */
function workView(work: Work, audit: AuditState | undefined): HTMLElement[] {
  const { waiting, appeals, days, decided, automated, median, rules } = work;
  const open = waiting.reduce((sum, { count }) => sum + count, 0);
  const figures: [string, string][] = [
    [say("work_open"), String(open)],
    [say("work_oldest"), formatWait(oldestOf(waiting))],
    [say("work_appeals"), String(appeals.open)],
    [say("work_oldest_appeal"), formatWait(appeals.oldest)],
    [say("work_decided"), String(decided)],
    [say("work_automated"), percent(automated, decided)],
    [say("work_median"), formatWait(median)],
    [say("work_overturned_appeals"), percent(appeals.overturned, appeals.overturned + appeals.upheld)],
  ];
  if (audit)
    figures.push(
      [say("work_failed_logins"), String(work.failed_logins)],
      [say("work_audit"), auditText(audit)],
    );
  const cells = figures.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value)));
  return [
    h("dl", { class: "figures" }, ...cells),
    h(
      "div",
      { class: "charts" },
      rowChart(
        say("work_waiting"),
        waiting.map(({ level, count: cases, oldest }) => ({
          name: named("waiting", level),
          count: cases,
          text: cases ? say("work_row", { count: cases, oldest: formatWait(oldest) }) : "0",
        })),
      ),
      rowChart(
        say("work_rules"),
        rules.map(({ rule, decided, overturned }) => ({
          name: named("reason", rule),
          count: decided,
          part: overturned,
          text: say("work_rule", { count: decided, share: percent(overturned, decided) }),
        })),
        h(
          "span",
          { class: "legend" },
          h("span", { class: "key" }, h("i", { class: "swatch of-overturned" }), say("work_overturned")),
        ),
      ),
    ),
    dayChart(
      say("work_days"),
      days.map(({ at, reports, decisions }) => ({ day: formatDay(at), reports, decisions })),
    ),
  ];
}

function auditText({ checked_at, found }: AuditState): string {
  if (!checked_at) return say("work_audit_unchecked");
  return found ? count("problem", found) : say("work_audit_whole");
}

function oldestOf(waiting: Waiting[]): number | null {
  const ages = waiting.flatMap(({ oldest }) => (oldest === null ? [] : [oldest]));
  return ages.length ? Math.max(...ages) : null;
}

function percent(part: number, whole: number): string {
  return whole ? `${Math.round((100 * part) / whole)}\u00a0%` : say("none");
}
