// The badge of the installed page on the home screen: somebody was met, or wrote, while the page was hidden.

import { shownConversation } from "../core/call/over";
import type { PageState } from "../page-state";

interface Badges {
  setAppBadge?: (count: number) => Promise<void>;
  clearAppBadge?: () => Promise<void>;
}

export class AppBadge {
  private seenMatch: string | undefined;
  private seenLines = 0;
  private state: PageState | undefined;
  private shown = 0;

  constructor(
    private readonly badges: Badges = navigator as Badges,
    private readonly page: Pick<Document, "hidden" | "addEventListener"> = document,
  ) {
    page.addEventListener("visibilitychange", () => this.state && this.render(this.state));
  }

  render(state: PageState): void {
    this.state = state;
    const conversation = shownConversation(state.call);
    const lines = conversation?.lines.filter(({ from }) => from === "stranger").length ?? 0;
    const isNew = conversation?.match !== this.seenMatch;
    if (!this.page.hidden) {
      this.seenMatch = conversation?.match;
      this.seenLines = lines;
    }
    // A stranger who was met counts as one, and so does each of their lines.
    const unseen = conversation ? lines - (isNew ? 0 : this.seenLines) + Number(isNew) : 0;
    this.show(this.page.hidden ? Math.max(0, unseen) : 0);
  }

  private show(count: number): void {
    if (count === this.shown) return;
    this.shown = count;
    const done = count > 0 ? this.badges.setAppBadge?.(count) : this.badges.clearAppBadge?.();
    done?.catch((error: Error) => console.info("The browser refused a badge:", error.name));
  }
}
