// Shows the open cases, the most urgent first, or the cases that a search finds.

import { button, setText } from "../../../src/view/dom";
import type { CaseQueue, CaseSummary, TeamState } from "../api.generated";
import { h } from "../dom";
import type { Action } from "../keyboard";
import { type CaseQuery, isStandard, queryText } from "../queue-query";
import { routeHash } from "../routes";
import type { Screen, ScreenContext } from "../screen";
import { CaseFilters } from "../view/case-filters";
import { CaseList } from "../view/case-list";
import { columnNames } from "../view/case-row";
import { SavedViewLinks } from "../view/saved-views";
import { teamMarks } from "../view/team-marks";
import { count, say } from "../words";

const AGES_EVERY_MS = 30_000;
/** The service counts no more cases. */
const MAX_COUNTED = 10_000;

export class QueueScreen implements Screen {
  readonly root = h("section", { class: "screen dense" });
  private readonly summary = h("p", { class: "quiet" });
  private readonly flood = h("a", { class: "fold", href: "#queue?group=flood", hidden: true });
  private readonly empty = h("p", { class: "empty", hidden: true });
  private readonly problem = h("p", { class: "problem", role: "alert" });
  private readonly retry = button(say("try_again"), () => this.context.queue.retry());
  private readonly arrived: HTMLButtonElement;
  private readonly filters: CaseFilters;
  private readonly views: SavedViewLinks;
  private readonly list: CaseList;
  private readonly ages: ReturnType<typeof setInterval>;
  private newestAt: number | undefined;
  /** The state of the team that the rows show. */
  private team: TeamState | undefined;

  constructor(
    private readonly context: ScreenContext,
    query: CaseQuery,
  ) {
    const { queue } = context;
    this.arrived = button("", () => queue.sort());
    this.arrived.className = "arrived";
    this.filters = new CaseFilters((changed) => this.changeQuery(changed));
    this.views = new SavedViewLinks(context);
    this.list = new CaseList(queue, context.now, (summary) => teamMarks(summary, context.team));
    const head = h(
      "header",
      {},
      h("h2", { tabindex: -1 }, say("screen_queue")),
      this.filters.root,
      this.summary,
      this.arrived,
    );
    const failed = h("div", { class: "row" }, this.problem, this.retry);
    this.root.append(head, this.views.root, failed, this.empty, columnNames(), this.list.root, this.flood);
    // What is opened or closed above the list moves it, so that other rows are in view.
    this.root.addEventListener("toggle", () => this.list.update(), { capture: true });
    this.ages = setInterval(() => this.list.redraw(), AGES_EVERY_MS);
    queue.show(query);
    this.filters.show(query);
    this.views.show(query);
    requestAnimationFrame(() => this.onQueueChange()); // once it is in the document
  }

  onAction(action: Action): void {
    const { queue, navigate } = this.context;
    if (action.type === "next" || action.type === "previous") this.list.step(action.type === "next" ? 1 : -1);
    if (action.type === "sort") queue.sort();
    if (action.type === "open" && queue.list.selected) navigate({ screen: "case", id: queue.list.selected });
  }

  dispose(): void {
    clearInterval(this.ages);
    this.list.dispose();
    this.context.queue.inView = [];
  }

  onQueueChange(): void {
    const { latest, list, loaded, problem } = this.context.queue;
    setText(this.problem, problem);
    this.retry.hidden = !problem;
    setText(this.summary, this.summaryText());
    const nothing = !problem && loaded && list.rows.length === 0 && list.next === null;
    setText(this.empty, nothing ? this.emptyText() : undefined);
    const arrivals = list.arrived.length;
    this.summary.hidden = arrivals > 0; // both would not fit into one line, and the rows would move
    setText(this.arrived, arrivals ? say("queue_arrived", { cases: count("case", arrivals) }) : undefined);
    this.updateFlood(latest);
    this.list.update();
    if (this.team !== this.context.team.latest) this.list.redraw();
    this.team = this.context.team.latest;
    if (latest) this.announceNewCases(latest.cases);
  }

  /** Shows other cases, and puts them into the address, without losing the place in the form. */
  private changeQuery(query: CaseQuery): void {
    history.pushState(null, "", routeHash({ screen: "queue", id: "", query: queryText(query) }));
    this.context.queue.show(query);
    this.views.show(query);
    if (queryText(query) === "") this.filters.show(query);
  }

  private summaryText(): string {
    const { latest, query, total, loaded, list } = this.context.queue;
    if (!loaded) return say("loading");
    if (isStandard(query) && latest) return standardSummary(latest);
    if (total !== undefined && total >= MAX_COUNTED)
      return say("found_at_least", { cases: count("case", MAX_COUNTED) });
    const going = total === undefined && list.next !== null;
    return say(going ? "found_so_far" : "found", { cases: count("case", total ?? list.rows.length) });
  }

  private emptyText(): string {
    return say(isStandard(this.context.queue.query) ? "queue_empty_all" : "queue_empty_search");
  }

  /** Shows the line of the cases in floods, which are not in the queue. */
  private updateFlood(latest: CaseQueue | undefined): void {
    const cases = isStandard(this.context.queue.query) ? (latest?.flooded ?? 0) : 0;
    setText(this.flood, cases ? say("flood_show", { cases: count("case", cases) }) : undefined);
    this.flood.dataset.flood = String(cases);
  }

  /** Tells screen readers about cases that were opened since it last did. */
  private announceNewCases(cases: readonly CaseSummary[]): void {
    const before = this.newestAt;
    this.newestAt = Math.max(before ?? 0, ...cases.map(({ opened_at }) => opened_at));
    const fresh = before === undefined ? [] : cases.filter(({ opened_at }) => opened_at > before);
    const known = fresh.some((summary) => summary.known.length > 0) ? ` ${say("known_long")}` : "";
    const minor = fresh.some((summary) => summary.minor) ? ` ${say("minor_long")}.` : "";
    const said = say("queue_new", { cases: count("case", fresh.length) });
    if (fresh.length) this.context.announce(said + known + minor);
  }
}

function standardSummary({ open, flagged, appeals }: CaseQueue): string {
  const cases = count("open_case", open) + (flagged ? ` ${say("queue_flagged", { count: flagged })}` : "");
  return say("queue_summary", { cases, appeals: count("open_appeal", appeals) });
}
