// Reports and blocks strangers, during the call and for a day after it.

import type { Conversation } from "../core/call/state";
import type { ReportReason, ReportRequest } from "../http.generated";
import type { PageTranslator } from "../language/texts";
import { Lazy } from "../lazy";
import { type TokenStore, visitorOf } from "../signaling/token-store";
import { toast } from "../view/notifications";
import type { Entry, RecentActions, RecentView } from "../view/recent";
import { type ReportTarget, ReportView, reportOf } from "../view/report";
import { type CallEnding, reportedCall } from "./call-ending";
import { FreshPass } from "./fresh-pass";
import { LastPartner } from "./last-partner";
import type { PendingBlocks } from "./pending-blocks";
import { RecentFrames } from "./recent-frames";
import type { RecentPartner, RecentPartners } from "./recent-partners";
import type { ReportOutbox, ReportOutcome } from "./report-outbox";

export interface SafetyControllerParts {
  translator: PageTranslator;
  tokens: Pick<TokenStore, "stored">;
  blocks: PendingBlocks;
  reports: ReportOutbox;
  recents: RecentPartners;
}

export interface SafetyControllerActions {
  /** Returns a picture of the current stranger. */
  capture: () => string | undefined;
  /** Returns the current conversation. */
  conversation: () => Conversation | undefined;
  block: (match: string, pass: string) => void;
  offerFor: RecentActions["offerFor"];
  /** The page must be rendered again. */
  changed: () => void;
}

export class SafetyController {
  private readonly last: LastPartner;
  readonly frames: RecentFrames;
  private readonly dialog: ReportView;
  /** The list is loaded with the first conversation, or when somebody wants to see it. */
  private readonly recent: Lazy<RecentView>;
  private wantsRecent = false;
  private readonly fresh = new FreshPass();

  constructor(
    private readonly parts: SafetyControllerParts,
    private readonly actions: SafetyControllerActions,
  ) {
    this.last = new LastPartner(actions.changed);
    this.frames = new RecentFrames(actions.capture);
    this.dialog = new ReportView(parts.translator, (report, target) => void this.file(report, target));
    this.recent = new Lazy({
      load: async () => {
        const { RecentView } = await import("../view/recent");
        return new RecentView(parts.translator, {
          entries: () => this.entries(),
          report: (entry) => this.dialog.show(this.targetOf(entry)),
          block: (entry) => void this.block(entry),
          forgetAll: () => parts.recents.forgetAll(),
          offerFor: actions.offerFor,
        });
      },
      onLoaded: () => this.showRecent(),
      onFailed: (error) => console.info("The list could not be loaded:", error.name), // the next try may
    });
    for (const open of document.querySelectorAll<HTMLElement>("button.recent")) {
      open.onclick = () => {
        this.wantsRecent = true;
        this.showRecent();
      };
    }
  }

  private showRecent(): void {
    this.recent.allowRetry();
    this.recent.load();
    if (!this.wantsRecent || !this.recent.value) return;
    this.wantsRecent = false;
    void this.recent.value.show();
  }

  /** Whether the last partner left a moment ago and can still be reported. */
  get canReportLast(): boolean {
    return this.last.current !== undefined;
  }

  conversationOpened(conversation: Conversation): void {
    if (conversation.mode === "video") this.frames.begin(conversation.match);
    void this.parts.recents.begin(conversation);
    this.recent.load();
  }

  modeChanged({ mode, match }: Conversation): void {
    if (mode === "video") this.frames.begin(match);
    else this.frames.take(); // what is about to disappear
  }

  conversationClosing(conversation: Conversation, ending: CallEnding | undefined): void {
    this.frames.end();
    this.last.keep(this.targetOfCall(conversation, ending));
    void this.parts.recents.end(conversation, ending);
  }

  /** The gateway gave a newer pass, which proves the last lines of the match. */
  passRenewed(match: string, pass: string): void {
    this.fresh.take(match, pass);
    void this.parts.recents.note(match, { pass });
  }

  /** Reports the current or the last partner, with pictures and lines. With a `reason` it is sent at once. */
  report(whom: "here" | "left", reason?: ReportReason): void {
    const conversation = this.actions.conversation();
    const target =
      whom === "left" ? this.last.current : conversation && this.targetOfCall(conversation, "report");
    if (target && reason) void this.file(reportOf(target, reason), target);
    else if (target) this.dialog.show(target);
  }

  /** Shows the result of a report, perhaps of another tab. */
  async showOutcome(match: string, outcome: ReportOutcome): Promise<void> {
    toast(sentenceOf(outcome, this.parts.translator));
    if (outcome === "filed") await this.parts.recents.note(match, { reported: true });
    await this.recent.value?.refresh();
  }

  private targetOfCall({ match, pass, lines }: Conversation, ending: CallEnding | undefined): ReportTarget {
    const call = reportedCall(this.parts.recents.lasted(match), ending);
    const credential = this.parts.tokens.stored();
    return { match, pass, lines, pictures: this.frames.of(match), credential, call };
  }

  private targetOf({ match, pass, lines, credential, lastedMs, ending }: RecentPartner): ReportTarget {
    const call = reportedCall(lastedMs, ending);
    return { match, pass, lines, pictures: this.frames.of(match), credential, call };
  }

  async entries(): Promise<Entry[]> {
    const { recents, reports, tokens } = this.parts;
    const [met, waiting] = [await recents.all(), await reports.waiting()];
    const me = visitorOf(tokens.stored()?.token);
    return met
      .filter(({ match }) => match !== this.actions.conversation()?.match)
      .map((recent) => ({
        ...recent,
        talk: recents.talkOf(recent.match),
        waits: waiting.includes(recent.match),
        mine: visitorOf(recent.credential?.token) === me,
      }));
  }

  private async block({ match, pass }: Pick<ReportTarget, "match" | "pass">): Promise<void> {
    this.parts.blocks.add(match, pass);
    this.actions.block(match, pass);
    await this.parts.recents.note(match, { blocked: true });
    await this.recent.value?.refresh();
  }

  private async file(report: ReportRequest, { match, pass, credential }: ReportTarget): Promise<void> {
    const ends = this.actions.conversation()?.match === match; // by the block
    const fresh = report.chat ? this.fresh.of(match, ends) : undefined;
    const filed = this.parts.reports.file(match, report, credential, fresh);
    const blocked = this.block({ match, pass });
    if (this.last.current?.match === match) this.last.forget();
    this.actions.changed();
    await blocked;
    await this.showOutcome(match, await filed);
  }
}

function sentenceOf(outcome: ReportOutcome, translator: PageTranslator): string {
  if (outcome === "filed" || outcome === "kept" || outcome === "late")
    return translator.text(`report_${outcome}`);
  return translator.text("report_refused", { detail: outcome.detail });
}
