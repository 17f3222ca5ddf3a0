// What is shown of the site's public status: how many people are here, and which interests are popular. It is loaded
// where a site publishes its status.

import type { Phase } from "../core/call/state";
import type { PageTranslator } from "../language/texts";
import type { Dispatch, PageState } from "../page-state";
import { type PeopleHere, parsePeople, peopleText } from "../people-here";
import { parseInterests } from "../popular-interests";
import { fetchStatus } from "../public-status";
import { setText } from "./dom";
import { PopularView } from "./popular";

/** It is fetched at most this often. */
const REFRESH_MS = 30_000;
/** Where it is visible. */
const PHASES: readonly Phase[] = ["consent", "idle", "searching"];

export class PublicStatusView {
  private readonly popular: PopularView;
  private readonly places = document.querySelectorAll<HTMLElement>("[data-people]");
  private phase: Phase | undefined;
  /** Undefined if it is not known how many are here. */
  people: PeopleHere | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly translator: PageTranslator,
    dispatch: Dispatch,
  ) {
    this.popular = new PopularView(translator, dispatch);
    document.addEventListener("visibilitychange", () => void this.refresh());
    setInterval(() => void this.refresh(), REFRESH_MS / 6);
  }

  render(state: PageState): void {
    this.phase = state.call.phase;
    this.popular.render(state);
    void this.refresh();
  }

  /** Fetches it only while it is visible: not in a call and not in another tab. */
  private async refresh(): Promise<void> {
    const now = performance.now();
    if (!this.phase || !PHASES.includes(this.phase) || document.hidden || now - this.askedAt < REFRESH_MS)
      return;
    this.askedAt = now;
    const status = await fetchStatus(false);
    this.people = parsePeople(status);
    const text = this.people && peopleText(this.people, this.translator);
    for (const place of this.places) setText(place, text);
    if (status) this.popular.update(parseInterests(status));
  }
}
