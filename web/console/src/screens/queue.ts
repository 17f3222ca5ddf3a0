// Shows the open cases, the most urgent first.

import { button, setText } from "../../../src/view/dom";
import type { CaseQueue, CaseSummary } from "../api.generated";
import { field, h, select, setAttributes, shortId, timeElement } from "../dom";
import { formatAge } from "../format-time";
import type { Action } from "../keyboard";
import { filterQueue, QUEUE_FILTERS, type QueueFilter } from "../queue-filter";
import type { QueueRow } from "../queue-list";
import type { Screen, ScreenContext } from "../screen";
import { badge } from "../view/decisions";
import { teamMarks } from "../view/team-marks";
import { count, type Key, named, reportCounts, say } from "../words";

const AGES_EVERY_MS = 30_000;

export class QueueScreen implements Screen {
  readonly root = h("section", { class: "screen" });
  private readonly summary = h("p", { class: "quiet" }, say("loading"));
  private readonly list = h("ol", { class: "queue", "aria-label": say("screen_queue") });
  private readonly flood = h("ol", { class: "queue", id: "flood", "aria-label": say("flood") });
  private readonly fold: HTMLButtonElement;
  private readonly rows: HTMLElement;
  private readonly empty = h("p", { class: "empty", hidden: true });
  private readonly more = h("p", { class: "quiet", hidden: true });
  private readonly arrived: HTMLButtonElement;
  private readonly items = new Map<string, HTMLElement>();
  private readonly ages: ReturnType<typeof setInterval>;
  private announced: Set<string> | undefined;

  constructor(private readonly context: ScreenContext) {
    this.arrived = button("", () => this.context.queue.sort());
    this.arrived.className = "arrived";
    this.arrived.hidden = true;
    this.fold = button("", () => this.context.queue.toggleFlood());
    setAttributes(this.fold, { class: "fold", "aria-controls": "flood" });
    this.rows = h("div", { class: "queue" }, this.list, this.fold, this.flood);
    const head = h(
      "header",
      { class: "row ends" },
      h("h2", { tabindex: -1 }, say("screen_queue")),
      this.arrived,
      this.filterSelect(),
    );
    this.root.append(head, this.summary, this.empty, this.rows, this.more);
    this.rows.onpointermove = () => this.context.queue.noteActivity();
    this.rows.onfocus = () => this.context.queue.noteActivity();
    this.rows.addEventListener("focusin", (event) => this.onRowFocus(event));
    this.ages = setInterval(() => this.onQueueChange(), AGES_EVERY_MS);
    this.onQueueChange();
  }

  onAction(action: Action): void {
    const { queue, navigate } = this.context;
    if (action.type === "next" || action.type === "previous") this.step(action.type === "next" ? 1 : -1);
    if (action.type === "sort") queue.sort();
    if (action.type === "open" && queue.list.selected) navigate({ screen: "case", id: queue.list.selected });
  }

  dispose(): void {
    clearInterval(this.ages);
  }

  onQueueChange(): void {
    const { latest, list, filter } = this.context.queue;
    if (!latest) return;
    this.updateFold(latest);
    setText(this.summary, summaryText(latest));
    const waiting = list.rows.length > 0 || !this.fold.hidden;
    setText(this.empty, waiting ? undefined : say(`queue_empty_${filter}`));
    const { cases } = this.context.queue.shown(latest);
    const { cases: listed, open } = filterQueue(latest, filter);
    const partly = open > listed.length;
    setText(this.more, partly ? say("queue_more", { shown: listed.length, open }) : undefined);
    const arrivals = list.arrived.length;
    setText(this.arrived, arrivals ? say("queue_arrived", { cases: count("case", arrivals) }) : undefined);
    this.keepingPosition(() => this.updateRows(list.rows));
    this.announceNewCases(cases);
  }

  private filterSelect(): HTMLElement {
    const label = (kind: string) => say(`kind_${kind}` as Key);
    const chosen = select("kind", QUEUE_FILTERS, this.context.queue.filter, label);
    chosen.onchange = () => {
      this.announced = undefined; // cases that the filter hid are not new
      this.context.queue.setFilter(chosen.value as QueueFilter);
    };
    const labelled = field(say("kind"), chosen);
    labelled.classList.add("beside-it");
    return labelled;
  }

  /** Shows the line of the folded cases, if there are any that the filter lets pass. */
  private updateFold({ flooded }: CaseQueue): void {
    const { filter, unfolded } = this.context.queue;
    const cases = filter === "flags" ? 0 : flooded;
    this.fold.hidden = !cases;
    this.flood.hidden = !cases || !unfolded;
    setAttributes(this.fold, { "aria-expanded": String(unfolded), "data-flood": cases });
    const key = unfolded ? "flood_hide" : "flood_show";
    setText(this.fold, cases ? say(key, { cases: count("case", cases) }) : undefined);
  }

  /** Moves the selection. The first key press only focuses the selected row, so that it is seen. */
  private step(step: 1 | -1): void {
    const { queue } = this.context;
    const seen = this.rows.contains(document.activeElement);
    if (seen) queue.moveSelection(step);
    else queue.noteActivity();
    const link = this.items.get(queue.list.selected ?? "")?.querySelector("a");
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
  }

  private onRowFocus(event: FocusEvent): void {
    const id = (event.target as Element).closest<HTMLElement>("[data-case]")?.dataset.case;
    if (!id) return;
    this.context.queue.select(id);
    this.context.queue.noteActivity();
    this.markSelected();
  }

  /** Runs `change`, and keeps the selected row focused and at its place on the screen. */
  private keepingPosition(change: () => void): void {
    const anchor = this.items.get(this.context.queue.list.selected ?? "");
    const active = document.activeElement;
    const focused = this.rows.contains(active) ? (active as HTMLElement) : undefined;
    const before = anchor?.getBoundingClientRect().top;
    change();
    if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
    const moved = (anchor?.getBoundingClientRect().top ?? 0) - (before ?? 0);
    if (focused && anchor?.isConnected && moved) scrollBy({ top: moved, behavior: "instant" });
  }

  private updateRows(rows: readonly QueueRow[]): void {
    for (const [id, item] of this.items) {
      if (!rows.some(({ summary }) => summary.id === id)) {
        item.remove();
        this.items.delete(id);
      }
    }
    this.placeRows(
      this.list,
      rows.filter(({ summary }) => !summary.flood),
    );
    this.placeRows(
      this.flood,
      rows.filter(({ summary }) => summary.flood),
    );
    this.markSelected();
  }

  private placeRows(list: HTMLElement, rows: readonly QueueRow[]): void {
    rows.forEach((row, place) => {
      const item = this.item(row);
      const there = list.children[place];
      if (there !== item) list.insertBefore(item, there ?? null);
    });
  }

  private item({ summary, closed }: QueueRow): HTMLElement {
    const item = this.items.get(summary.id) ?? h("li", { "data-case": summary.id }, h("a", {}));
    this.items.set(summary.id, item);
    const link = item.querySelector("a") as HTMLAnchorElement;
    link.href = `#case/${encodeURIComponent(summary.id)}`;
    item.dataset.gone = String(closed);
    item.dataset.known = String(summary.known.length > 0);
    item.dataset.minor = String(summary.minor);
    item.dataset.flagged = String(summary.flagged);
    item.dataset.flood = String(summary.flood);
    link.replaceChildren(...caseRow(summary, closed, this.context.now()));
    link.querySelector(".stands")?.prepend(...teamMarks(summary, this.context.team));
    return item;
  }

  private markSelected(): void {
    for (const [id, item] of this.items) {
      item.querySelector("a")?.setAttribute("aria-current", String(id === this.context.queue.list.selected));
    }
  }

  /** Tells screen readers about new cases. */
  private announceNewCases(cases: readonly CaseSummary[]): void {
    const before = this.announced;
    this.announced = new Set(cases.map(({ id }) => id));
    const fresh = before ? cases.filter(({ id }) => !before.has(id)) : [];
    const known = fresh.some((summary) => summary.known.length > 0) ? ` ${say("known_long")}` : "";
    const minor = fresh.some((summary) => summary.minor) ? ` ${say("minor_long")}.` : "";
    const said = say("queue_new", { cases: count("case", fresh.length) });
    if (fresh.length) this.context.announce(said + known + minor);
  }
}

function summaryText({ open, flagged, appeals }: CaseQueue): string {
  const cases = count("open_case", open) + (flagged ? ` ${say("queue_flagged", { count: flagged })}` : "");
  return say("queue_summary", { cases, appeals: count("open_appeal", appeals) });
}

function caseRow(summary: CaseSummary, closed: boolean, now: number): HTMLElement[] {
  const { reasons, standing, score, newest_at, opened_at } = summary;
  const given = Object.entries(reasons).sort(([, one], [, other]) => other - one);
  const chips = given.map(([reason, number]) =>
    h("span", { class: "chip", "data-reason": reason }, `${named("reason", reason)} ${number}`),
  );
  const numbers = reportCounts(summary.reports, summary.flags);
  numbers.push(count("reporter", summary.reporters), count("network", summary.networks));
  if (summary.frames) numbers.push(count("picture", summary.frames));
  if (score !== null) numbers.push(say("score", { score: Math.round(score * 100) }));
  const marks = summary.known.length > 0 ? [h("strong", { class: "known-mark" }, say("known"))] : [];
  if (summary.minor) marks.push(h("strong", { class: "minor" }, say("minor")));
  if (summary.flagged) marks.push(h("span", { class: "flags-only" }, say("flags_only")));
  if (summary.flood) marks.push(h("span", { class: "flags-only" }, say("flood")));
  const stands = standing && standing.level !== "good" ? [badge(standing.level)] : [];
  return [
    h("span", { class: "reasons-given" }, ...marks, ...chips),
    h("span", { class: "numbers" }, numbers.join(" · ")),
    h(
      "span",
      { class: "stands" },
      closed ? h("em", {}, say("closed_meanwhile")) : undefined,
      ...stands,
      shortId(summary.accused),
    ),
    h(
      "span",
      { class: "age" },
      timeElement(opened_at, formatAge(opened_at, now)),
      newest_at - opened_at > 60_000 && h("small", {}, say("newest", { age: formatAge(newest_at, now) })),
    ),
  ];
}
