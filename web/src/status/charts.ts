// The four charts of the last hour on the status page.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Column, type Columns, decades, extent, MINUTES, powersBetween } from "./figures";
import type { Key, StatusTranslator } from "./texts";

const HEIGHT = 168;
const SHARES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const WHOLE = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 1_000_000,
];

interface Kind {
  name: Key;
  /** The key of each column, if they are different things. */
  parts?: Key[];
  series: uPlot.Series[];
  columns: (of: Columns) => Column[];
  say: (value: number) => string;
  scale: uPlot.Scale;
  axis: uPlot.Axis;
}

/** Draws into the `figure` elements. Call `show` for each new answer. */
export class Charts {
  private readonly charts: Chart[];

  constructor(translator: StatusTranslator) {
    this.charts = kinds(translator).map((kind) => new Chart(kind, translator));
    // A canvas does not follow the style sheet, so it is drawn again.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      for (const chart of this.charts) chart.redraw();
    });
  }

  show(columns: Columns): void {
    for (const chart of this.charts) chart.show(columns);
  }
}

class Chart {
  private readonly place: HTMLElement;
  private plot: uPlot | undefined;
  private columns: Columns | undefined;

  constructor(
    private readonly kind: Kind,
    private readonly translator: StatusTranslator,
  ) {
    const place = document.querySelector<HTMLElement>(`[data-chart="${kind.name}"]`);
    if (!place) throw new Error(`the page has no chart ${kind.name}`);
    this.place = place;
    new ResizeObserver(() => this.fit()).observe(place);
  }

  show(columns: Columns): void {
    this.columns = columns;
    const data = this.data(columns);
    if (this.plot) this.plot.setData(data);
    else this.plot = new uPlot(this.options(), data, this.place);
    this.place.setAttribute("aria-label", this.description(columns));
    this.place.dataset.drawn = String(columns.times.length);
  }

  redraw(): void {
    this.plot?.destroy();
    this.plot = undefined;
    if (this.columns) this.show(this.columns);
  }

  private fit(): void {
    if (this.plot && this.place.clientWidth) this.plot.setSize(this.size());
  }

  private size(): { width: number; height: number } {
    return { width: this.place.clientWidth, height: HEIGHT };
  }

  private data(columns: Columns): uPlot.AlignedData {
    return [columns.times, ...this.kind.columns(columns)];
  }

  /** Describes the chart, in one sentence for each column. */
  private description(columns: Columns): string {
    const { name, parts, say } = this.kind;
    const title = this.translator.text(name);
    const said = this.kind.columns(columns).flatMap((column, place) => {
      const known = extent(column);
      if (!known) return [];
      const part = parts?.[place];
      const { least, most, last, minutes } = known;
      const values = { least: say(least), most: say(most), last: say(last), minutes };
      const what = part ? `${title}, ${this.translator.text(part)}` : title;
      return this.translator.text("range", { name: what, ...values });
    });
    // Without parts, the second column is only the current minute.
    return (parts ? said : said.slice(0, 1)).join(". ") || this.translator.text("no_data", { name: title });
  }

  private options(): uPlot.Options {
    const line = { stroke: color("--line"), width: 1 };
    const axis: uPlot.Axis = {
      stroke: color("--quiet"),
      font: "12px system-ui",
      grid: line,
      ticks: { show: false },
    };
    return {
      ...this.size(),
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { size: 8 } },
      scales: {
        x: { time: true, range: (_, __, end) => [end - (MINUTES - 0.5) * 60, end + 30] },
        y: this.kind.scale,
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 24,
          space: 50,
          values: (_, times) => times.map((time) => this.translator.clock(time)),
        },
        {
          ...axis,
          size: 56,
          space: 24,
          ...this.kind.axis,
          values: (_, values) => values.map((value) => (value === null ? null : this.kind.say(value))),
        },
      ],
      series: [{}, ...this.kind.series.map(colored)],
      hooks: { setCursor: [(plot) => this.read(plot.cursor.idx)] },
    };
  }

  /** Shows the values under the pointer in the caption. */
  private read(place: number | null | undefined): void {
    const output = this.place.parentElement?.querySelector("output");
    if (!output || !this.columns) return;
    const time = this.columns.times[place ?? -1];
    const values = this.kind.columns(this.columns).flatMap((column) => column[place ?? -1] ?? []);
    output.textContent =
      time === undefined ? "" : [this.translator.clock(time), ...values.map(this.kind.say)].join(" · ");
  }
}

function kinds(translator: StatusTranslator): Kind[] {
  const fromNought: uPlot.Scale = { range: (_, __, most) => [0, Math.max(4, (most ?? 0) * 1.1)] };
  const bars = uPlot.paths.bars?.({ size: [0.7, 24], radius: 0.2 });
  const drawn = { points: { show: true, size: 4 }, spanGaps: false };
  return [
    {
      name: "chart_matches",
      series: [
        { stroke: "--focus", fill: "--focus", ...(bars && { paths: bars }), points: { show: false } },
        { stroke: "--focus", fill: "--surface", ...(bars && { paths: bars }), points: { show: false } },
      ],
      columns: ({ matches, running }) => [matches, running],
      say: translator.number,
      scale: fromNought,
      axis: { incrs: WHOLE },
    },
    {
      name: "chart_online",
      series: [{ stroke: "--focus", width: 2, ...drawn }],
      columns: ({ online }) => [online],
      say: translator.number,
      scale: fromNought,
      axis: { incrs: WHOLE },
    },
    {
      name: "chart_wait",
      parts: ["half", "most"],
      series: [
        { stroke: "--focus", width: 2, ...drawn },
        { stroke: "--quiet", width: 2, dash: [6, 4], ...drawn },
      ],
      columns: ({ half, most }) => [half, most],
      say: translator.duration,
      scale: { distr: 3, range: (_, least, most) => decades(least, most) },
      axis: { splits: (_, __, low, high) => powersBetween(low, high), filter: (_, splits) => splits },
    },
    {
      name: "chart_repeats",
      series: [{ stroke: "--focus", width: 2, ...drawn }],
      columns: ({ repeats }) => [repeats],
      say: translator.share,
      scale: { range: (_, __, most) => [0, Math.min(1, Math.max(0.05, (most ?? 0) * 1.1))] },
      axis: { incrs: SHARES },
    },
  ];
}

/** Replaces the names of colours by the page's colours. */
function colored(series: uPlot.Series): uPlot.Series {
  const stroke = color(String(series.stroke));
  const points = { ...series.points, stroke, fill: stroke };
  return { ...series, stroke, points, ...(series.fill && { fill: color(String(series.fill)) }) };
}

function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
