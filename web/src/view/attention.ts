// What was written while nobody looked stands in the title, without blinking.

import type { Call } from "../core/call/state";
import { titled, Unseen } from "../core/call/unseen";

export class AttentionView {
  private readonly unseen = new Unseen();
  private call: Call | undefined;

  constructor() {
    document.addEventListener("visibilitychange", () => this.call && this.render(this.call));
  }

  /** After the page has set its own title. */
  render(call: Call): void {
    this.call = call;
    const title = titled(document.title, this.unseen.count(call.meeting, !document.hidden));
    if (document.title !== title) document.title = title;
  }
}
