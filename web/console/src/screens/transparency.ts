// Shows the transparency report of a period and downloads it.

import type { TransparencyReport } from "../api.generated";
import { field, h } from "../dom";
import { formatDay, formatWait, isoDay } from "../format-time";
import type { Screen, ScreenContext } from "../screen";
import { dayChart, rowChart } from "../view/figure-charts";
import { actionButton, createForm, loadInto, saveFile } from "../view/forms";
import { named, say } from "../words";

const MONTH_MS = 30 * 86_400_000;

export class TransparencyScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly from: HTMLInputElement;
  private readonly to: HTMLInputElement;
  private readonly figures = h("div", { "aria-live": "polite" });

  constructor(private readonly context: ScreenContext) {
    this.from = h("input", {
      type: "date",
      name: "from",
      value: isoDay(context.now() - MONTH_MS),
      required: true,
    });
    this.to = h("input", { type: "date", name: "to", value: isoDay(context.now()), required: true });
    const made = createForm(
      "transparency",
      say("show"),
      () => this.load(),
      field(say("from"), this.from),
      field(say("to"), this.to),
    );
    made.form.classList.add("in-line");
    const downloads = (["csv", "json"] as const).map((format) =>
      h("div", {}, ...actionButton(say(`download_${format}`), () => this.download(format))),
    );
    this.root.append(
      h("h2", { tabindex: -1 }, say("screen_transparency")),
      h("p", { class: "quiet" }, say("transparency_text")),
    );
    this.root.append(made.form, this.figures, h("div", { class: "row downloads" }, ...downloads));
    void this.load();
  }

  private path(format: string): string {
    return `/transparency?${new URLSearchParams({ from: this.from.value, to: this.to.value, format })}`;
  }

  private load(): Promise<void> {
    const path = this.path("json");
    return loadInto(this.figures, () => this.context.api.get<TransparencyReport>(path), figuresView);
  }

  private async download(format: string): Promise<void> {
    const name = `transparency-${this.from.value}-${this.to.value}.${format}`;
    saveFile(await this.context.api.download(this.path(format), name));
  }
}

function figuresView(report: TransparencyReport): HTMLElement[] {
  const { reports, decisions, appeals } = report;
  const { upheld, overturned, open } = appeals;
  const cells = figuresOf(report).map(([label, value]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, value)),
  );
  const days = report.by_day.map(({ day, reports, decisions }) => ({
    day: formatDay(Date.parse(day)),
    reports,
    decisions,
  }));
  return [
    h("dl", { class: "figures" }, ...cells),
    ...(days.length > 1 ? [dayChart(say("transparency_days"), days)] : []),
    h(
      "div",
      { class: "charts" },
      counts(say("by_reason"), reports.by_reason, (key) => named("reason", key)),
      counts(say("by_level"), decisions.by_level, (key) => named("level", key)),
      counts(say("by_good"), { ...decisions.good }, (key) => named("good", key)),
      counts(say("by_second_look"), { ...decisions.second_look }, (key) => named("proposal", key)),
      counts(say("by_rule"), decisions.by_rule, (key) => named("reason", key)),
      counts(say("by_category"), decisions.by_category, categoryName),
      counts(say("by_answer"), { upheld, overturned, open }, (key) => named("appeal", key)),
    ),
  ];
}

function figuresOf({ reports, flags, decisions, cases, ...report }: TransparencyReport): [string, string][] {
  const { automatic } = decisions;
  const wait = (minutes: number | null) => formatWait(minutes === null ? null : minutes * 60);
  return [
    [say("figure_reports", { visitors: cases.visitors }), String(reports.total)],
    [say("figure_flags"), String(flags.total)],
    [say("figure_decisions"), String(decisions.total)],
    [say("figure_automated"), percent(automatic.share)],
    [say("figure_automated_overturned"), percent(automatic.overturned_share)],
    [say("figure_undone"), String(decisions.undone)],
    [say("figure_decided"), String(cases.decided)],
    [say("figure_open", { oldest: wait(cases.oldest_open_minutes) }), String(cases.open)],
    [say("figure_decision_median"), wait(report.minutes.to_decision_median)],
    [say("figure_decision_p90"), wait(report.minutes.to_decision_p90)],
    [say("figure_action_median"), wait(report.minutes.to_action_median)],
    [say("figure_appeals"), String(report.appeals.filed)],
    [say("figure_answer_median"), wait(report.minutes.to_answer_median)],
    [say("figure_pictures"), String(report.pictures_looked_at)],
  ];
}

function percent(share: number | null): string {
  return share === null ? say("none") : `${Math.round(100 * share)}\u00a0%`;
}

function categoryName(category: string): string {
  return named("category", category.replace("STATEMENT_CATEGORY_", ""));
}

function counts(title: string, numbers: Record<string, number>, name: (key: string) => string): HTMLElement {
  const rows = Object.entries(numbers)
    .sort(([, one], [, other]) => other - one)
    .map(([key, count]) => ({ name: name(key), count, text: String(count) }));
  return rowChart(title, rows);
}
