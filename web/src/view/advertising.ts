// The place of the advertisement. Its frame is removed, not hidden, when it is not allowed.

import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import { ALLOW, FILLED, mayAdvertise, PAUSE_MS, SANDBOX } from "../site/advertising";
import { byId } from "./dom";
import { FocusGuard } from "./focus-guard";

export class AdvertisingView {
  private readonly place = byId("advertisement");
  private frame: HTMLIFrameElement | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly translator: PageTranslator,
    private readonly url: string,
  ) {
    document.documentElement.dataset.slot = "on";
    addEventListener("message", (message) => this.messageReceived(message));
    new FocusGuard(
      () => this.frame,
      () => this.remove(), // until an advertisement is allowed the next time
    );
  }

  render({ call }: PageState): void {
    const may = mayAdvertise(call);
    this.place.hidden = !may;
    if (!may) this.clear();
    else this.timer ??= setTimeout(() => this.load(), PAUSE_MS);
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.remove();
  }

  private remove(): void {
    this.frame?.remove();
    this.frame = undefined;
    delete this.place.dataset.filled;
  }

  private load(): void {
    const frame = document.createElement("iframe");
    frame.title = this.translator.text("advertisement");
    frame.setAttribute("sandbox", SANDBOX);
    frame.allow = ALLOW;
    frame.referrerPolicy = "no-referrer";
    frame.loading = "lazy";
    frame.src = this.url;
    this.frame = frame;
    this.place.append(frame);
  }

  /** The framed page says that it has something to show. An error page does not. */
  private messageReceived({ source, data }: MessageEvent): void {
    if (this.frame && source === this.frame.contentWindow && data === FILLED) this.place.dataset.filled = "";
  }
}
