// The button that asks the stranger to go on by audio or video, and the question when they ask. It is loaded with the
// first conversation.

import type { Conversation } from "../core/call/state";
import { askedMode, asksForMore, isAbove, mayAskFor, myMode } from "../core/call/wanted-mode";
import { hasCalls } from "../devices/request-media";
import type { Mode } from "../messages.generated";
import type { Dispatch, PageState, View } from "../page-state";
import type { AddressNotice } from "../site/address-notice";
import { button, byId, setText } from "../view/dom";
import { onEscape } from "../view/escape";
import { focusFallbackQuietly } from "../view/focus-fallback";
import { announce, toast } from "../view/notifications";
import type { Texts } from "./texts";
import "./mode-change.css";

export interface ModeChangeParts {
  texts: Texts;
  address: Pick<AddressNotice, "isDue" | "started">;
  /** Says that strangers see the visitor's address. */
  addressSeen: string;
  dispatch: Dispatch;
}

/** A press that comes sooner was meant for what stood there before. */
const UNSEEN_MS = 700;

/** What the card says: that the stranger asks, or that I wait for them. */
type Said = { what: "asks" | "asked"; mode: Mode } | undefined;

export class ModeChange implements View {
  private readonly ask = button("", () => this.pressed());
  private readonly card = document.createElement("section");
  private readonly text = document.createElement("p");
  private readonly note = document.createElement("small");
  private readonly answers = document.createElement("div");
  private before: Conversation | undefined;
  private said: Said;

  constructor(private readonly parts: ModeChangeParts) {
    this.card.className = "mode-card";
    this.card.hidden = true;
    this.text.id = "mode-card-text";
    this.card.setAttribute("aria-labelledby", this.text.id);
    this.answers.className = "row";
    this.card.append(this.text, this.note, this.answers);
    byId("say").before(this.card);
    onEscape(
      () => !this.card.hidden,
      () => (this.answers.lastElementChild as HTMLButtonElement).click(),
    );
  }

  render({ call: { phase, conversation, relaysModes } }: PageState): void {
    const talks = phase === "matched" && relaysModes ? conversation : undefined;
    this.showCard(talks);
    this.showButton(talks);
    if (conversation?.match === this.before?.match) this.tellChange(this.before, conversation);
    this.before = conversation;
  }

  private showButton(conversation: Conversation | undefined): void {
    const mode = conversation && hasCalls() ? mayAskFor(conversation) : undefined;
    const focused = document.activeElement === this.ask;
    this.ask.hidden = !mode || this.said !== undefined;
    if (focused && this.ask.hidden) focusFallbackQuietly();
    if (!mode) return;
    const name = this.parts.texts[mode === "audio" ? "add_audio" : "add_video"];
    if (this.ask.title !== name) {
      this.ask.title = name;
      this.place(mode);
      const icon = byId(mode === "audio" ? "mute" : "camera").querySelector("svg");
      const words = document.createElement("span");
      words.textContent = name;
      words.className = mode === "audio" ? "" : "unseen";
      this.ask.replaceChildren(...(icon ? [icon.cloneNode(true)] : []), words);
    }
  }

  /** A text conversation has no tools in its bar. */
  private place(mode: Mode): void {
    this.ask.className = mode === "audio" ? "add-mode" : "round add-mode";
    if (mode === "audio") byId("lines").before(this.ask);
    else byId("chat-toggle").before(this.ask);
  }

  private showCard(conversation: Conversation | undefined): void {
    const said = conversation && whatToSay(conversation);
    if (said?.what === this.said?.what && said?.mode === this.said?.mode) return;
    const focused = this.card.contains(document.activeElement);
    this.said = said;
    this.card.hidden = !said;
    if (said && conversation) this.write(said, conversation);
    if (focused) focusFallbackQuietly();
  }

  private write({ what, mode }: NonNullable<Said>, { match, mode: now }: Conversation): void {
    const { texts, address, addressSeen, dispatch } = this.parts;
    this.card.dataset.says = what;
    const key = mode === "video" ? "video" : "audio";
    this.text.textContent = texts[`${what}_${key}`];
    const due = now === "text" && address.isDue(mode);
    setText(this.note, due ? addressSeen : undefined);
    const want = (to: Mode) => dispatch({ type: "want_mode", match, mode: to });
    if (what === "asked") this.answers.replaceChildren(button(texts.take_back, () => want(now)));
    else {
      const yes = button(texts[`add_${key}`], () => want(mode));
      yes.disabled = true;
      setTimeout(() => {
        yes.disabled = false;
      }, UNSEEN_MS);
      yes.className = "sun";
      this.answers.replaceChildren(
        yes,
        button(texts.not_now, () => dispatch({ type: "decline_mode", match })),
      );
    }
    announce(this.text.textContent);
    if (document.documentElement.dataset.chat === "closed") byId("chat-toggle").click();
  }

  private pressed(): void {
    const { before } = this;
    const mode = before && mayAskFor(before);
    if (mode) this.parts.dispatch({ type: "want_mode", match: before.match, mode });
  }

  private tellChange(before: Conversation | undefined, now: Conversation | undefined): void {
    if (!before || !now) return;
    const { texts } = this.parts;
    const stays = now.mode === "audio" ? "audio" : "text";
    if (now.wants?.refused && !before.wants?.refused) toast(texts[`declined_${stays}`]);
    if (now.mode === before.mode) return;
    this.parts.address.started(now.mode);
    if (isAbove(now.mode, before.mode)) toast(texts[now.mode === "video" ? "now_video" : "now_audio"]);
    else toast(texts[`back_${stays}`]);
  }
}

function whatToSay(conversation: Conversation): Said {
  const mode = askedMode(conversation);
  if (mode) return { what: "asks", mode };
  return asksForMore(conversation) ? { what: "asked", mode: myMode(conversation) } : undefined;
}
