// Shows the transparency report of a period and downloads it.

import type { TransparencyReport } from "../api.generated";
import { field, h, table } from "../dom";
import { formatHours, isoDay } from "../format-time";
import type { Screen, ScreenContext } from "../screen";
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
    const downloads = (["csv", "json"] as const).flatMap((format) =>
      actionButton(say(`download_${format}`), () => this.download(format)),
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

function figuresView({
  reports,
  decisions,
  appeals,
  hours,
  pictures_looked_at,
}: TransparencyReport): HTMLElement[] {
  const figures: [string, string | number][] = [
    [say("figure_reports"), reports.total],
    [say("figure_decisions"), decisions.total],
    [say("figure_automated"), decisions.automated],
    [say("figure_appeals"), appeals.filed],
    [say("figure_decision_median"), formatHours(hours.to_decision_median)],
    [say("figure_decision_p90"), formatHours(hours.to_decision_p90)],
    [say("figure_answer_median"), formatHours(hours.to_answer_median)],
    [say("figure_pictures"), pictures_looked_at],
  ];
  const cells = figures.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, String(value))));
  const { upheld, overturned, open } = appeals;
  return [
    h("dl", { class: "figures" }, ...cells),
    h(
      "div",
      { class: "tables" },
      countTable(say("by_reason"), reports.by_reason, (key) => named("reason", key)),
      countTable(say("by_level"), decisions.by_level, (key) => named("level", key)),
      countTable(say("by_rule"), decisions.by_rule, (key) => named("reason", key)),
      countTable(say("by_answer"), { upheld, overturned, open }, (key) => named("appeal", key)),
    ),
  ];
}

function countTable(
  title: string,
  numbers: Record<string, number>,
  name: (key: string) => string,
): HTMLElement {
  const rows = Object.entries(numbers)
    .sort(([, one], [, other]) => other - one)
    .map(([key, number]) => [name(key), String(number)]);
  return table(title, [title, say("number")], rows);
}
