// The button for doing something together, and the first ice-breaker card. The rest is loaded when somebody presses
// the button, or when the stranger's page proposes something.

import type { CallMedia } from "./call-media";
import type { Locale } from "./language/locale";
import type { PageTranslator } from "./language/texts";
import { Lazy } from "./lazy";
import type { Dispatch, PageState, View } from "./page-state";
import type { PeerChannel, PeerMessage } from "./peer/peer-channel";
import type { RecentFrames } from "./safety/recent-frames";
import type { TogetherController } from "./together/controller";
import type { IceBreaker } from "./together/ice-breaker";
import { byId } from "./view/dom";

/** What the stranger says while the rest is loaded. */
const MOST_EARLY = 8;
/** When a part that failed to load may be tried again. */
const RETRY_MS = 5_000;
/** A die, because strangers meet by chance. */
const DIE =
  "M6 3h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3zM8 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600zM16 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600zM12 10.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600zM8 14.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600zM16 14.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600z";
const SVG = "http://www.w3.org/2000/svg";

export class Together implements View {
  private readonly button = document.createElement("button");
  private readonly cards: Lazy<IceBreaker>;
  private readonly rest: Lazy<TogetherController>;
  private channel: PeerChannel | undefined;
  private early: PeerMessage[] = [];
  private wanted = false;
  private state: PageState | undefined;

  constructor(
    private readonly translator: PageTranslator,
    private readonly callMedia: Pick<CallMedia, "peer">,
    private readonly dispatch: Dispatch,
    private readonly frames: Pick<RecentFrames, "setDrawing">,
  ) {
    this.drawButton();
    this.cards = lazy(
      () => this.loadCards(),
      () => this.state && this.render(this.state),
    );
    this.rest = lazy(
      () => this.load(),
      () => this.loaded(),
      () => {
        this.wanted = false; // what the stranger proposes later must not open it
      },
    );
  }

  render(state: PageState): void {
    this.state = state;
    const { call } = state;
    this.show(call.phase === "matched" && this.cards.value !== undefined);
    const channel = call.conversation && this.callMedia.peer?.channel;
    if (channel !== this.channel) this.hearFrom(channel);
    if (call.conversation) this.cards.load();
    this.cards.value?.update(call, channel);
    this.rest.value?.update(call.conversation, channel);
  }

  private show(shown: boolean): void {
    const focused = document.activeElement === this.button;
    this.button.hidden = !shown;
    if (focused && !shown) this.dispatch({ type: "focus_lost" });
  }

  private drawButton(): void {
    const { button } = this;
    button.type = "button";
    button.className = "round";
    button.id = "together-open";
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("fill-rule", "evenodd");
    path.setAttribute("d", DIE);
    icon.append(path);
    button.append(icon);
    button.ariaExpanded = "false";
    button.onclick = () => this.pressed();
    byId("message").before(button);
  }

  private hearFrom(channel: PeerChannel | undefined): void {
    this.channel = channel;
    this.early = [];
    this.wanted = false;
    channel?.listen("together", (message) => {
      if (this.rest.value) this.rest.value.hear(message);
      else if (this.early.length < MOST_EARLY) this.early.push(message);
      this.rest.load();
    });
  }

  private pressed(): void {
    this.wanted = !this.rest.value;
    this.rest.value?.pressed();
    this.rest.allowRetry();
    this.rest.load();
  }

  private async loadCards(): Promise<IceBreaker> {
    const { translator } = this;
    const locale = translator.locale as Locale;
    const [{ IceBreaker }, { loadCards }, { loadTogetherWords }] = await Promise.all([
      import("./together/ice-breaker"),
      import("./together/cards"),
      import("./together/words"),
    ]);
    const [cards, words] = await Promise.all([loadCards(locale), loadTogetherWords(locale)]);
    this.button.title = words.together;
    this.button.setAttribute("aria-label", words.together);
    return new IceBreaker({ translator, words, cards });
  }

  private async load(): Promise<TogetherController> {
    const { translator, frames, dispatch, button: opener } = this;
    const [{ TogetherController }, { loadTogetherWords }] = await Promise.all([
      import("./together/controller"),
      import("./together/words"),
    ]);
    const words = await loadTogetherWords(translator.locale as Locale);
    const cards = () => this.cards.value;
    return new TogetherController({ translator, words, opener, dispatch, frames, cards });
  }

  private loaded(): void {
    if (this.state) this.render(this.state);
    for (const message of this.early.splice(0)) this.rest.value?.hear(message);
    if (this.wanted) this.rest.value?.pressed();
    this.wanted = false;
  }
}

/** A part that is tried again when it is needed some time after a failure. */
function lazy<Part>(load: () => Promise<Part>, onLoaded: () => void, onFailed?: () => void): Lazy<Part> {
  const part = new Lazy({
    load,
    onLoaded,
    onFailed: (error) => {
      console.info("A part of doing something together could not be loaded:", error.name);
      setTimeout(() => part.allowRetry(), RETRY_MS);
      onFailed?.();
    },
  });
  return part;
}
