// Offers a notification to who waits, quietly and once: in the first search that takes a while.

import type { Call } from "../core/call/state";
import type { Dispatch } from "../page-state";
import { button, byId } from "../view/dom";
import { toast } from "../view/notifications";
import { askForNotifications, hasNotifications } from "./arrival-notification";
import type { ArrivalStore } from "./arrival-store";
import type { ArrivalTranslator } from "./texts";

/** Nobody needs it for a search that is soon over. */
const AFTER_MS = 5_000;

export class NotificationOffer {
  private readonly button: HTMLButtonElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly translator: ArrivalTranslator,
    private readonly kept: ArrivalStore,
    private readonly dispatch: Dispatch,
  ) {
    this.button = button(translator.text("offer"), () => void this.accept());
    this.button.className = "plain";
    this.button.hidden = true;
    byId("scene").append(this.button);
  }

  render({ phase }: Call): void {
    const searches = phase === "searching";
    if (searches && this.timer === undefined) this.timer = setTimeout(() => this.show(), AFTER_MS);
    if (searches) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.hide();
  }

  private show(): void {
    if (this.kept.settings.offered || !hasNotifications() || Notification.permission !== "default") return;
    this.kept.change({ offered: true });
    this.button.hidden = false;
  }

  private hide(): void {
    if (document.activeElement === this.button) this.dispatch({ type: "focus_lost" });
    this.button.hidden = true;
  }

  private async accept(): Promise<void> {
    const notify = await askForNotifications();
    this.kept.change({ notify });
    if (!this.button.hidden) this.hide();
    toast(this.translator.text(notify ? "offered" : "notify_blocked"));
    this.dispatch({ type: "changed" });
  }
}
