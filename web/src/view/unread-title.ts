// Shows the number of unread lines in the title.

import { shownConversation } from "../core/call/over";
import type { Call } from "../core/call/state";
import { titleWith, UnreadCounter } from "../core/call/unread";

export class UnreadTitleView {
  private readonly unseen = new UnreadCounter();
  private call: Call | undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => this.call && this.render(this.call));
  }

  /** Must be called after the page has set its title. */
  render(call: Call): void {
    this.call = call;
    const title = titleWith(document.title, this.unseen.count(shownConversation(call), !document.hidden));
    if (document.title !== title) document.title = title;
  }
}
