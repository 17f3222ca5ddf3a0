// Offers quietly, after the second good conversation and never in one, to put the page on the home screen.

import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { PageState } from "../page-state";
import { button, byId } from "../view/dom";
import { GoodConversations } from "./good-conversations";
import type { KeptPrompt } from "./kept-prompt";
import { INSTALL_TEXTS, type InstallTexts } from "./texts";

export class InstallOffer {
  private readonly counted: GoodConversations;
  private readonly texts: InstallTexts;
  private card: HTMLElement | undefined;
  private canReportLast = false;

  constructor(
    translator: PageTranslator,
    store: Pick<Storage, "getItem" | "setItem">,
    private readonly kept: KeptPrompt = {},
  ) {
    this.counted = new GoodConversations(store);
    const texts = INSTALL_TEXTS[translator.locale as Locale];
    const named = Object.entries(texts).map(([key, text]) => [key, text.replace("{site}", translator.site)]);
    this.texts = Object.fromEntries(named) as InstallTexts;
  }

  render({ call, canReportLast }: PageState): void {
    const { conversation, phase } = call;
    this.canReportLast = canReportLast;
    this.counted.update(conversation?.match, conversation?.link === "connected", performance.now());
    // Who has just reported the stranger cannot do so again.
    if (!conversation) setTimeout(() => this.counted.settle(!this.canReportLast));
    const welcome = phase === "idle" && this.counted.isOffered && this.way !== undefined;
    if (welcome && !this.card) this.show();
    else if (!welcome) this.remove();
  }

  /** How this browser installs a page, or undefined if it cannot or has done so. */
  private get way(): "asks" | "told" | undefined {
    if (matchMedia("(display-mode: standalone)").matches) return undefined;
    if (this.kept.event) return "asks";
    return (navigator as { standalone?: boolean }).standalone === false ? "told" : undefined;
  }

  private show(): void {
    const asks = this.way === "asks";
    const card = document.createElement("section");
    card.className = "install row";
    card.id = "install";
    const said = document.createElement("p");
    said.id = "install-text";
    said.textContent = asks ? this.texts.offer : this.texts.ios;
    card.setAttribute("aria-labelledby", said.id);
    card.append(said);
    if (asks) card.append(button(this.texts.install, () => this.install()));
    card.append(button(this.texts.no, () => this.decline()));
    byId("setup").querySelector(".last")?.before(card);
    this.card = card;
  }

  private install(): void {
    void this.kept.event?.prompt();
    this.kept.event = undefined; // it serves once
    this.decline();
  }

  private decline(): void {
    this.counted.decide();
    this.remove();
    byId("idle-title").focus();
  }

  private remove(): void {
    this.card?.remove();
    this.card = undefined;
  }
}
