// Ice-breaker cards: questions for both. One stands in an empty chat, and either can ask another one. Over the channel
// goes only the place of a card in the order of the match, so each reads it in their own language. A text conversation
// has no channel: there a card can be put into the message field.

import type { Call, Conversation } from "../core/call/state";
import { CARD_PAUSE_MS, cardOrder, parseCard } from "../core/together/cards";
import type { PageTranslator } from "../language/texts";
import type { PeerChannel, PeerMessage } from "../peer/peer-channel";
import { button, byId, setText } from "../view/dom";
import { announce } from "../view/notifications";
import { openingLine } from "../view/stage";
import type { TogetherWords } from "./words";
import "./ice-breaker.css";

/** A reader this close to the end, in pixels, still reads the last line. */
const NEAR_END = 80;
/** Cards among the lines. The oldest goes when there are more. */
const MOST_CARDS = 20;

export interface IceBreakerParts {
  translator: PageTranslator;
  words: TogetherWords;
  /** In the language of the page. */
  cards: readonly string[];
}

export class IceBreaker {
  private readonly lines = byId("lines");
  private readonly message = byId<HTMLInputElement>("message");
  private conversation: Conversation | undefined;
  private channel: PeerChannel | undefined;
  private order: readonly number[] = [];
  /** The place of the card that was shown last. The first one needs no message. */
  private shown = 0;
  private heardAt = Number.NEGATIVE_INFINITY;
  /** The card in an empty chat. */
  private opener: HTMLElement | undefined;

  constructor(private readonly parts: IceBreakerParts) {}

  /** Must be called whenever the conversation or its channel may have changed. */
  update(call: Call, channel: PeerChannel | undefined): void {
    const { conversation } = call;
    const isNew = conversation?.match !== this.conversation?.match;
    this.conversation = conversation;
    if (isNew) this.begin(call);
    if (channel === this.channel) return;
    this.channel = channel;
    channel?.listen("card", (message) => this.hear(message));
  }

  /** Whether the stranger's page can be told which card it is. */
  private get tells(): boolean {
    return this.channel?.isOpen === true;
  }

  /** The text of the card at this place, or of the first one after the last. */
  private textAt(place: number): string {
    return this.parts.cards[this.order[place] ?? 0] ?? "";
  }

  private get next(): number {
    return (this.shown + 1) % this.order.length;
  }

  /** Returns a card to look at, with buttons to ask it and to see another one. `asked` is called when it is asked. */
  choice(asked: () => void): HTMLElement {
    const { words } = this.parts;
    const [place, text, buttons] = [document.createElement("div"), document.createElement("p"), rowOf()];
    place.className = "card-choice";
    let at = this.next;
    const draw = () => setText(text, this.textAt(at));
    const other = () => {
      at = (at + 1) % this.order.length;
      draw();
      announce(this.textAt(at));
    };
    const ask = () => {
      asked();
      this.ask(at);
    };
    draw();
    buttons.append(button(words.ask_card, ask), button(words.other_card, other));
    place.append(text, buttons);
    return place;
  }

  private begin(call: Call): void {
    const { match = "" } = call.conversation ?? {};
    this.order = cardOrder(match, this.parts.cards.length);
    this.shown = 0;
    this.opener = undefined;
    const opener = this.lines.querySelector<HTMLElement>(".opener");
    if (!call.conversation || !opener || this.hasLines() || this.haveMuchInCommon(call)) return;
    opener.classList.add("ice-card");
    this.opener = opener;
    this.drawOpener();
  }

  /** What the two have in common is a better opening, unless it is the language of the page. */
  private haveMuchInCommon(call: Call): boolean {
    const { translator } = this.parts;
    if (openingLine(call, translator, false)) return true;
    const theirs = call.conversation?.partner.languages ?? [];
    const shared = theirs.filter((tag) => call.wish?.languages?.includes(tag));
    return shared.length > 0 && !shared.includes(translator.locale);
  }

  private drawOpener(): void {
    const { words } = this.parts;
    const text = document.createElement("span");
    text.textContent = this.textAt(this.shown);
    const buttons = rowOf(button(words.other_card, () => this.showOther()));
    const { shown } = this;
    if (this.conversation?.mode === "text") buttons.prepend(button(words.ask_card, () => this.ask(shown)));
    this.opener?.replaceChildren(...this.forBoth(), text, buttons);
  }

  /** Another card in the empty chat. The stranger sees it, too, if their page can be told. */
  private showOther(): void {
    const focused = this.opener?.contains(document.activeElement);
    this.show(this.next, true);
    this.channel?.send({ type: "card", n: this.shown });
    if (focused) [...(this.opener?.querySelectorAll("button") ?? [])].at(-1)?.focus();
  }

  private ask(place: number): void {
    if (this.tells && this.channel?.send({ type: "card", n: place })) {
      this.show(place, true);
      return;
    }
    this.shown = place;
    const before = this.message.value.trim();
    this.message.value = [before, this.textAt(place)].filter(Boolean).join(" ");
    this.message.focus();
  }

  private hear(said: PeerMessage): void {
    const place = parseCard(said, this.order.length);
    const now = performance.now();
    if (place === undefined || place === this.shown || now - this.heardAt < CARD_PAUSE_MS) return;
    this.heardAt = now;
    this.show(place, false);
  }

  private show(place: number, byMe: boolean): void {
    this.shown = place;
    if (this.opener && !this.hasLines()) {
      this.drawOpener();
      announce(this.textAt(place)); // the first one says nothing, because the greeting speaks then
    } else this.append(byMe);
  }

  /** The log announces it, as it does a line. */
  private append(byMe: boolean): void {
    const { lines } = this;
    const atEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_END;
    const card = document.createElement("p");
    card.className = "ice-card";
    const text = document.createElement("span");
    text.textContent = this.textAt(this.shown);
    card.append(...this.forBoth(), text);
    lines.append(card);
    const cards = [...lines.querySelectorAll(".ice-card:not(.opener)")];
    for (const old of cards.slice(0, -MOST_CARDS)) old.remove();
    if (atEnd || byMe) lines.scrollTop = lines.scrollHeight;
    if (document.documentElement.dataset.chat === "closed") byId("unread").hidden = false;
  }

  /** Without a channel only the first card is the same on both pages. */
  private forBoth(): HTMLElement[] {
    if (!this.tells && this.shown > 0) return [];
    const said = document.createElement("small");
    said.textContent = this.parts.words.for_both;
    return [said];
  }

  private hasLines(): boolean {
    return this.lines.querySelector("[data-from]") !== null;
  }
}

function rowOf(...buttons: readonly HTMLElement[]): HTMLElement {
  const row = document.createElement("span");
  row.className = "row";
  row.append(...buttons);
  return row;
}
