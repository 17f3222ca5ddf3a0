// The queue: who waits for a decision, the most urgent first.

import { button, say as put } from "../../../src/view/dom";
import type { Desk, Screen } from "../desk";
import { field, h, idOf, select, time } from "../dom";
import type { Action } from "../keys";
import { KINDS, type Kind, of } from "../kinds";
import type { Row } from "../line-up";
import { ageOf } from "../times";
import type { CaseLine, Queue } from "../types";
import { badge } from "../view/decisions";
import { count, filedIn, type Key, named, say } from "../words";

const AGES_EVERY_MS = 30_000;

export class QueueScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly summary = h("p", { class: "quiet" }, say("loading"));
  private readonly list = h("ol", { class: "queue", "aria-label": say("screen_queue") });
  private readonly empty = h("p", { class: "empty", hidden: true });
  private readonly more = h("p", { class: "quiet", hidden: true });
  private readonly arrived: HTMLButtonElement;
  private readonly items = new Map<string, HTMLElement>();
  private readonly ages: ReturnType<typeof setInterval>;
  private heard: Set<string> | undefined;

  constructor(private readonly desk: Desk) {
    this.arrived = button("", () => this.desk.lines.sort());
    this.arrived.className = "arrived";
    this.arrived.hidden = true;
    const head = h(
      "header",
      { class: "row ends" },
      h("h2", { tabindex: -1 }, say("screen_queue")),
      this.arrived,
      this.filter(),
    );
    this.root.append(head, this.summary, this.empty, this.list, this.more);
    this.list.onpointermove = () => this.desk.lines.hand();
    this.list.onfocus = () => this.desk.lines.hand();
    this.list.addEventListener("focusin", (event) => this.chosen(event));
    this.ages = setInterval(() => this.queueChanged(), AGES_EVERY_MS);
    this.queueChanged();
  }

  act(action: Action): void {
    const { lines, go } = this.desk;
    if (action.does === "next" || action.does === "previous") this.step(action.does === "next" ? 1 : -1);
    if (action.does === "sort") lines.sort();
    if (action.does === "open" && lines.shown.selected) go({ screen: "case", of: lines.shown.selected });
  }

  leave(): void {
    clearInterval(this.ages);
  }

  queueChanged(): void {
    const { latest, shown, kind } = this.desk.lines;
    if (!latest) return;
    put(this.summary, summaryOf(latest));
    put(this.empty, shown.rows.length ? undefined : say(`queue_empty_${kind}`));
    const { cases, open } = of(latest, kind);
    const partly = open > cases.length;
    put(this.more, partly ? say("queue_more", { shown: cases.length, open }) : undefined);
    const arrivals = shown.arrived.length;
    put(this.arrived, arrivals ? say("queue_arrived", { cases: count("case", arrivals) }) : undefined);
    this.anchored(() => this.arrange(shown.rows));
    this.tell(cases);
  }

  private filter(): HTMLElement {
    const label = (kind: string) => say(`kind_${kind}` as Key);
    const chosen = select("kind", KINDS, this.desk.lines.kind, label);
    chosen.onchange = () => {
      this.heard = undefined; // what was hidden is not new
      this.desk.lines.choose(chosen.value as Kind);
    };
    const labelled = field(say("kind"), chosen);
    labelled.classList.add("beside-it");
    return labelled;
  }

  /** The first time j chooses what is chosen already, so that it is seen. */
  private step(step: 1 | -1): void {
    const { lines } = this.desk;
    const seen = this.list.contains(document.activeElement);
    if (seen) lines.move(step);
    else lines.hand();
    const link = this.items.get(lines.shown.selected ?? "")?.querySelector("a");
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }

  private chosen(event: FocusEvent): void {
    const id = (event.target as Element).closest<HTMLElement>("[data-case]")?.dataset.case;
    if (!id) return;
    this.desk.lines.select(id);
    this.desk.lines.hand();
    this.mark();
  }

  /** Whatever comes above it, the chosen row stays where it is on the screen, with the focus. */
  private anchored(change: () => void): void {
    const anchor = this.items.get(this.desk.lines.shown.selected ?? "");
    const active = document.activeElement;
    const focused = this.list.contains(active) ? (active as HTMLElement) : undefined;
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    const moved = (anchor?.getBoundingClientRect().top ?? 0) - (before ?? 0);
    if (focused && anchor?.isConnected && moved) scrollBy({ top: moved, behavior: "instant" });
  }

  private arrange(rows: readonly Row[]): void {
    const wanted = rows.map((row) => this.item(row));
    for (const [id, item] of this.items) {
      if (!rows.some(({ line }) => line.id === id)) {
        item.remove();
        this.items.delete(id);
      }
    }
    wanted.forEach((item, place) => {
      const there = this.list.children[place];
      if (there !== item) this.list.insertBefore(item, there ?? null);
    });
    this.mark();
  }

  private item({ line, gone }: Row): HTMLElement {
    const item = this.items.get(line.id) ?? h("li", { "data-case": line.id }, h("a", {}));
    this.items.set(line.id, item);
    const link = item.querySelector("a") as HTMLAnchorElement;
    link.href = `#case/${encodeURIComponent(line.id)}`;
    item.dataset.gone = String(gone);
    item.dataset.minor = String(line.minor);
    item.dataset.flagged = String(line.flagged);
    link.replaceChildren(...lineOf(line, gone, this.desk.now()));
    return item;
  }

  private mark(): void {
    for (const [id, item] of this.items) {
      item.querySelector("a")?.setAttribute("aria-current", String(id === this.desk.lines.shown.selected));
    }
  }

  /** New cases are said to those who do not see them come. */
  private tell(cases: readonly CaseLine[]): void {
    const before = this.heard;
    this.heard = new Set(cases.map(({ id }) => id));
    const fresh = before ? cases.filter(({ id }) => !before.has(id)) : [];
    const minor = fresh.some((line) => line.minor) ? ` ${say("minor_long")}.` : "";
    if (fresh.length) this.desk.announce(say("queue_new", { cases: count("case", fresh.length) }) + minor);
  }
}

function summaryOf({ open, flagged, appeals }: Queue): string {
  const cases = count("open_case", open) + (flagged ? ` ${say("queue_flagged", { count: flagged })}` : "");
  return say("queue_summary", { cases, appeals: count("open_appeal", appeals) });
}

function lineOf(line: CaseLine, gone: boolean, now: number): HTMLElement[] {
  const { reasons, standing, score, newest_at, opened_at } = line;
  const given = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  const chips = given.map(([reason, number]) =>
    h("span", { class: "chip", "data-reason": reason }, `${named("reason", reason)} ${number}`),
  );
  const numbers = filedIn(line.reports, line.flags);
  numbers.push(count("reporter", line.reporters), count("network", line.networks));
  if (line.frames) numbers.push(count("picture", line.frames));
  if (score !== null) numbers.push(say("score", { score: Math.round(score * 100) }));
  const marks = line.minor ? [h("strong", { class: "minor" }, say("minor"))] : [];
  if (line.flagged) marks.push(h("span", { class: "flags-alone" }, say("flags_alone")));
  const stands = standing && standing.level !== "good" ? [badge(standing.level)] : [];
  return [
    h("span", { class: "reasons-given" }, ...marks, ...chips),
    h("span", { class: "numbers" }, numbers.join(" · ")),
    h(
      "span",
      { class: "stands" },
      gone ? h("em", {}, say("closed_meanwhile")) : undefined,
      ...stands,
      idOf(line.accused),
    ),
    h(
      "span",
      { class: "age" },
      time(opened_at, ageOf(opened_at, now)),
      newest_at - opened_at > 60_000 && h("small", {}, say("newest", { age: ageOf(newest_at, now) })),
    ),
  ];
}
