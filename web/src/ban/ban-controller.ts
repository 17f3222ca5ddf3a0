// Runs while the visitor is banned: keeps the notice, asks about the appeal, and notices the end of the ban.

import type { PageTranslator } from "../language/texts";
import type { Banned } from "../messages.generated";
import type { Dispatch, PageState } from "../page-state";
import { type TokenStore, visitorOf } from "../signaling/token-store";
import { AppealView } from "../view/appeal";
import { renderBan } from "../view/ban";
import { type Answer, AppealsClient, withFacts } from "./appeals-client";
import { type BanNotice, type BanNoticeStore, isOver } from "./ban-notice-store";

const EVERY_MS = 60_000;
/** Gateways learn of a ban within a second. One that does not know it yet would say that it is over. */
const SPREAD_MS = 5_000;

export { AppealsClient };

export interface BanControllerParts {
  translator: PageTranslator;
  notices: BanNoticeStore;
  appeals: AppealsClient;
  tokens: Pick<TokenStore, "stored">;
}

export class BanController {
  private shown: { ban: Banned | undefined } | undefined;
  private notice: BanNotice | undefined;
  private free = false;
  private begun = 0;
  private sending = false;
  /** Grows with each sending. An answer to an earlier question is out of date. */
  private turn = 0;
  private readonly view: AppealView;

  constructor(
    private readonly parts: BanControllerParts,
    private readonly dispatch: Dispatch,
  ) {
    this.view = new AppealView(parts.translator, {
      send: (text) => void this.send(text),
      written: (text) => parts.notices.keepWritten(text),
      startAgain: () => this.startAgain(),
    });
    setInterval(() => this.check(), EVERY_MS);
    document.addEventListener("visibilitychange", () => this.check());
  }

  render({ call: { phase, ban } }: PageState): void {
    const before = this.shown;
    this.shown = phase === "banned" ? { ban } : undefined;
    if (this.shown && (!before || before.ban !== ban)) this.begin(ban);
  }

  /** Shows the ban. `ban` is missing if no decision was named. */
  private begin(ban: Banned | undefined): void {
    this.notice = ban && { visitor: visitorOf(this.parts.tokens.stored()?.token) ?? "", ...ban };
    if (this.notice) this.parts.notices.keep(this.notice);
    this.free = false;
    this.begun = performance.now();
    setTimeout(() => this.check(), SPREAD_MS);
    this.view.begin(this.parts.notices.written());
    this.view.show("asking");
    renderBan(this.notice, this.parts.translator);
    this.check();
  }

  private check(): void {
    if (this.notice && !this.free && !this.sending && !document.hidden) void this.look(this.notice);
  }

  /**
   * Asks for the appeal and the standing together: the answer to an appeal is shown before the end of the
   * ban.
   */
  private async look(notice: BanNotice): Promise<void> {
    const turn = this.turn;
    const [answer, lifted] = await Promise.all([
      this.parts.appeals.fetch(notice.appeal, this.parts.translator.locale),
      isOver(notice, Date.now()) || this.isLifted(notice),
    ]);
    if (turn !== this.turn) return; // an appeal was sent meanwhile, so this answer is out of date
    this.showAnswer(answer, notice);
    if (lifted && this.notice?.decision === notice.decision) this.lift();
  }

  private async send(text: string): Promise<void> {
    const { notice } = this;
    if (!notice) return;
    this.setSending(true);
    const answer = await this.parts.appeals.send(notice.appeal, text);
    this.setSending(false);
    if (answer === "unreached") {
      this.view.showUnsent();
      return;
    }
    // The visitor can read again what was sent, until the ban is over.
    this.parts.notices.keepWritten(typeof answer === "string" ? "" : text);
    this.showAnswer(answer, notice);
    this.check(); // it may have been decided long ago
  }

  private setSending(busy: boolean): void {
    this.sending = busy;
    this.turn++;
    this.view.setBusy(busy);
  }

  /** Shows an answer, unless it is about another decision than the one on the page. */
  private showAnswer(answer: Answer, about: BanNotice): void {
    if (this.notice?.decision !== about.decision || this.free) return;
    if (typeof answer === "string") {
      // If the state cannot be read, offer the form. Sending an appeal twice counts once.
      if (answer !== "unreached") this.view.show(answer);
      else if (this.view.state === "asking") this.view.show({ state: "none" });
      return;
    }
    this.notice = withFacts(this.notice, answer);
    this.free = answer.state === "overturned";
    renderBan(this.notice, this.parts.translator);
    this.view.show(answer);
    // An ended ban is not kept with its new end, or else a reload would forget it and never show the answer.
    if (isOver(this.notice, Date.now())) this.lift();
    else this.parts.notices.keep(this.notice);
  }

  /** Asks about the standing. Only the token of the banned visitor can answer this. */
  private async isLifted({ visitor }: BanNotice): Promise<boolean> {
    const token = this.parts.tokens.stored()?.token;
    if (!token || !visitor || visitorOf(token) !== visitor) return false;
    if (performance.now() - this.begun < SPREAD_MS) return false;
    return this.parts.appeals.isLifted(token);
  }

  private lift(): void {
    if (this.free) return;
    this.free = true;
    this.view.show("over");
  }

  private startAgain(): void {
    this.parts.notices.forget();
    this.notice = undefined;
    this.dispatch({ type: "ban_lifted" });
  }
}
