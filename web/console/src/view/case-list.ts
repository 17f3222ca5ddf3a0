// Shows a long list of cases. Only the rows in view are in the document; rows that are not loaded yet are skeletons.

import type { CaseSummary } from "../api.generated";
import { h, setAttributes } from "../dom";
import type { QueueRow } from "../queue-list";
import { selectedIndex } from "../queue-list";
import type { QueueStore } from "../queue-store";
import { rowsInView, scrollToShow } from "../queue-window";
import { say } from "../words";
import { caseCells } from "./case-row";

/** The skeletons while nothing is known of the list. */
const FIRST_SKELETONS = 15;

interface DrawnRow {
  item: HTMLElement;
  row: QueueRow;
}

export class CaseList {
  readonly root = h("ol", { class: "queue", "aria-label": say("screen_queue") });
  private readonly drawn = new Map<string, DrawnRow>();
  private readonly onScroll = () => requestAnimationFrame(() => this.draw());
  /** True while everything is loaded because somebody wants to see the end. */
  private goingToEnd = false;

  constructor(
    private readonly store: QueueStore,
    private readonly now: () => number,
    /** Returns what a row says of colleagues. */
    private readonly marks: (summary: CaseSummary) => readonly HTMLElement[],
  ) {
    this.root.onpointermove = () => store.noteActivity();
    this.root.addEventListener("focusin", (event) => this.onFocus(event));
    this.root.addEventListener("keydown", (event) => this.onKeyDown(event));
    addEventListener("scroll", this.onScroll, { passive: true });
    addEventListener("resize", this.onScroll);
  }

  dispose(): void {
    removeEventListener("scroll", this.onScroll);
    removeEventListener("resize", this.onScroll);
  }

  /** Draws the rows in view. A selected row that has the focus stays where it is on the screen. */
  update(): void {
    const focused = document.activeElement;
    const selected = this.store.list.selected ?? "";
    const item = this.drawn.get(selected)?.item;
    const before = item?.contains(focused) ? item.getBoundingClientRect().top : undefined;
    this.draw();
    const after = this.drawn.get(selected)?.item;
    if (before !== undefined && after) {
      const moved = this.top() + selectedIndex(this.store.list) * this.rowHeight() - before;
      if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
      const link = after.querySelector("a");
      if (document.activeElement !== link) link?.focus({ preventScroll: true });
    }
    if (this.goingToEnd && this.store.list.next === null) this.step(this.store.list.rows.length);
  }

  /** Writes the ages and the marks of the team again. */
  redraw(): void {
    for (const one of this.drawn.values()) this.fill(one);
  }

  /** Moves the selection. The first key press only focuses the selected row, so that it is seen. */
  step(step: number): void {
    this.goingToEnd = false;
    if (this.root.contains(document.activeElement)) this.store.moveSelection(step);
    else this.store.noteActivity();
    this.focusSelected();
  }

  private focusSelected(): void {
    const index = selectedIndex(this.store.list);
    if (index < 0) return;
    const top = this.top() + index * this.rowHeight();
    scrollBy({ top: scrollToShow(top, this.rowHeight(), 0, innerHeight - 8), behavior: "instant" });
    this.draw();
    this.drawn
      .get(this.store.list.selected ?? "")
      ?.item.querySelector("a")
      ?.focus({ preventScroll: true });
  }

  private draw(): void {
    if (!this.root.isConnected) return;
    const { rows } = this.store.list;
    const height = this.rowHeight();
    const count = this.count();
    this.root.style.height = `${count * height}px`;
    const { first, end } = rowsInView(-this.top(), innerHeight, height, count);
    const shown = new Set(Array.from({ length: end - first }, (_, place) => first + place));
    const focused = this.focusedIndex();
    if (focused >= 0) shown.add(focused);
    this.place(
      [...shown].sort((one, other) => one - other),
      count,
    );
    this.store.inView = rows.slice(first, end).map(({ summary }) => summary.id);
    if (end > rows.length || this.goingToEnd) void this.store.loadMore();
  }

  /** Puts exactly these rows into the document, in their order, which is also that of screen readers. */
  private place(indexes: readonly number[], count: number): void {
    const { rows, selected } = this.store.list;
    const height = this.rowHeight();
    const items = indexes.map((index) => {
      const row = rows[index];
      const item = row ? this.item(row) : skeleton();
      item.style.top = `${index * height}px`;
      setAttributes(item, { "aria-setsize": count, "aria-posinset": index + 1 });
      item.querySelector("a")?.setAttribute("aria-current", String(row?.summary.id === selected));
      return item;
    });
    const kept = new Set(items);
    for (const child of [...this.root.children]) if (!kept.has(child as HTMLElement)) child.remove();
    items.forEach((item, place) => {
      const there = this.root.children[place];
      if (there !== item) this.root.insertBefore(item, there ?? null);
    });
    for (const [id, { item }] of this.drawn) if (!kept.has(item)) this.drawn.delete(id);
  }

  private item(row: QueueRow): HTMLElement {
    const { summary, closed } = row;
    const drawn = this.drawn.get(summary.id);
    if (drawn && drawn.row.summary === summary && drawn.row.closed === closed) return drawn.item;
    const made = { row, item: drawn?.item ?? h("li", { "data-case": summary.id }, h("a", {})) };
    this.drawn.set(summary.id, made);
    this.fill(made);
    return made.item;
  }

  private fill({ item, row }: DrawnRow): void {
    const { summary, closed } = row;
    setAttributes(item, {
      "data-gone": String(closed),
      "data-known": String(summary.known.length > 0),
      "data-minor": String(summary.minor),
      "data-flagged": String(summary.flagged),
      "data-flood": String(summary.flood),
    });
    const link = item.querySelector("a") as HTMLAnchorElement;
    link.href = `#case/${encodeURIComponent(summary.id)}`;
    link.replaceChildren(...caseCells(row, this.now(), this.marks(summary)));
  }

  /** Returns how many rows the list has, with those that are not loaded yet. */
  private count(): number {
    const { total, loaded, problem, list } = this.store;
    if (!loaded) return problem ? 0 : FIRST_SKELETONS;
    return list.next === null ? list.rows.length : Math.max(total ?? 0, list.rows.length + 1);
  }

  private focusedIndex(): number {
    const id = (document.activeElement?.closest("[data-case]") as HTMLElement | null)?.dataset.case;
    return id ? this.store.list.rows.findIndex(({ summary }) => summary.id === id) : -1;
  }

  private top(): number {
    return this.root.getBoundingClientRect().top;
  }

  /** Returns the height of a row in pixels, which the style sheet sets. */
  private rowHeight(): number {
    return Number.parseFloat(getComputedStyle(this.root).getPropertyValue("--row")) || 36;
  }

  private onFocus(event: FocusEvent): void {
    const id = (event.target as Element).closest<HTMLElement>("[data-case]")?.dataset.case;
    if (!id) return;
    this.store.select(id);
    this.store.noteActivity();
    for (const [one, { item }] of this.drawn)
      item.querySelector("a")?.setAttribute("aria-current", String(one === id));
  }

  private onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Home") this.step(-this.store.list.rows.length);
    else if (event.key === "End") this.goToEnd();
    else return;
    event.preventDefault();
  }

  private goToEnd(): void {
    if (this.store.list.next === null) this.step(this.store.list.rows.length);
    else {
      this.goingToEnd = true;
      void this.store.loadMore();
    }
  }
}

function skeleton(): HTMLElement {
  return h("li", { class: "skeleton", "aria-hidden": "true" }, h("span", {}));
}
