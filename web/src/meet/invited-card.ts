// Shows who comes by a link what it is for. They join when they press the button.

import type { InvitationState } from "../http.generated";
import type { PageTranslator } from "../language/texts";
import { Card } from "./card";
import type { MeetingsClient, Refusal } from "./meetings-client";
import type { MeetTexts } from "./texts";

/** How often it is asked whether the host waits. */
const EVERY_MS = 20_000;

export interface InvitedCardParts {
  translator: PageTranslator;
  texts: MeetTexts;
  client: Pick<MeetingsClient, "check">;
  /** Whether the camera and the microphone of this mode are ready. */
  suits: (mode: InvitationState["mode"]) => boolean;
  /** The mode is known, and its devices are needed. */
  onMode: (mode: InvitationState["mode"]) => void;
  join: (mode: InvitationState["mode"], invitation: string) => void;
  /** The visitor does not want to come, or cannot. */
  onDismissed: () => void;
}

export class InvitedCard {
  private card: Card | undefined;
  private joins: HTMLButtonElement | undefined;
  private state: InvitationState | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private prepared = false;

  constructor(
    readonly invitation: string,
    private readonly parts: InvitedCardParts,
  ) {}

  /** Asks what the invitation is for, and shows it. */
  async open(): Promise<void> {
    const { client, translator, texts } = this.parts;
    const answer = await client.check(this.invitation);
    const mode = typeof answer === "string" ? "" : ` · ${translator.text(`mode_${answer.mode}`)}`;
    this.card = new Card("invited", `${texts.invited_title}${mode}`);
    if (typeof answer === "string") this.refuse(answer);
    else this.welcome(answer);
    this.card.offer(texts.strangers, () => this.dismiss());
  }

  /** Shows the card on the start screen only. */
  render(idle: boolean): void {
    const { state, parts } = this;
    if (!idle) this.card?.hide();
    else this.card?.show();
    if (this.joins && state) this.joins.disabled = !parts.suits(state.mode);
    if (!idle || !state || this.prepared) return;
    this.prepared = true;
    queueMicrotask(() => parts.onMode(state.mode)); // not while the page renders
  }

  /** Removes the card for good. */
  end(): void {
    clearInterval(this.timer);
    this.card?.hide();
    this.card = undefined;
  }

  private dismiss(): void {
    this.end();
    this.parts.onDismissed();
  }

  private welcome(state: InvitationState): void {
    this.state = state;
    this.joins = this.card?.offer(this.parts.texts.join, () => this.parts.join(state.mode, this.invitation));
    this.joins?.classList.add("primary");
    this.tell(state);
    this.timer = setInterval(() => void this.askAgain(), EVERY_MS);
  }

  private refuse(refusal: Refusal): void {
    clearInterval(this.timer);
    this.joins?.remove();
    this.joins = this.state = undefined;
    this.card?.say(this.parts.texts[refusal]);
  }

  private async askAgain(): Promise<void> {
    if (!this.card?.element.isConnected || document.hidden) return;
    const answer = await this.parts.client.check(this.invitation);
    if (answer === "failed") return; // what is known stays
    if (typeof answer === "string") this.refuse(answer);
    else this.tell(answer);
  }

  private tell({ host_waits }: InvitationState): void {
    this.card?.say(host_waits ? this.parts.texts.host_waits : this.parts.texts.host_away);
  }
}
