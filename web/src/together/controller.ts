// Does something together with the stranger: the menu, proposals over the channel, and the activity that goes on.

import type { Conversation } from "../core/call/state";
import { APPLAUSE } from "../core/together/applause";
import {
  mayPropose,
  noProposals,
  type ProposalEvent,
  type ProposalMessage,
  type ProposalNews,
  type ProposalRules,
  parseProposal,
  proposalStep,
} from "../core/together/proposals";
import type { Locale } from "../language/locale";
import type { PageTranslator } from "../language/texts";
import type { Dispatch } from "../page-state";
import type { PeerChannel, PeerMessage } from "../peer/peer-channel";
import { randomId } from "../random-id";
import type { Capture, RecentFrames } from "../safety/recent-frames";
import { button } from "../view/dom";
import { announce, toast } from "../view/notifications";
import { type Activity, activitiesFor, type OpenActivity } from "./activities";
import { ActivityChannel } from "./activity-channel";
import type { IceBreaker } from "./ice-breaker";
import { TogetherPanel } from "./panel";
import type { TogetherWords } from "./words";

/** When something that could not be sent is tried again. */
const RESEND_MS = 1_000;
/** No more than this waits to be sent. */
const MOST_UNSENT = 8;

export interface ControllerParts {
  translator: PageTranslator;
  words: TogetherWords;
  /** Opens the menu. */
  opener: HTMLElement;
  dispatch: Dispatch;
  /** Questions to ask. They may not be loaded yet. */
  cards: () => IceBreaker | undefined;
  /** The pictures that a report has. */
  frames: Pick<RecentFrames, "setDrawing">;
}

/** What both are in. */
interface Talk {
  conversation: Conversation;
  /** A text conversation has none. */
  channel: PeerChannel | undefined;
  activityChannel: ActivityChannel | undefined;
}

export class TogetherController {
  private readonly panel: TogetherPanel;
  private readonly locale: Locale;
  private talk: Talk | undefined;
  private proposals = noProposals();
  private unsent: ProposalMessage[] = [];
  private activity: OpenActivity | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private resendTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: ControllerParts) {
    this.panel = new TogetherPanel(parts.translator, parts.opener);
    this.locale = parts.translator.locale as Locale;
  }

  /** Must be called whenever the conversation or its channel may have changed. */
  update(conversation: Conversation | undefined, channel: PeerChannel | undefined): void {
    if (conversation?.match !== this.talk?.conversation.match) this.leave();
    if (!conversation) return;
    if (channel === this.talk?.channel && this.talk) {
      this.talk.conversation = conversation;
      return;
    }
    const activityChannel = channel && new ActivityChannel(channel);
    this.talk = { conversation, channel, activityChannel };
    let opened = false;
    channel?.onOpen(() => {
      if (opened && this.talk?.channel === channel) this.step({ type: "reopened" });
      opened = true;
    });
  }

  /** The stranger's page says something. */
  hear(said: PeerMessage): void {
    const message = parseProposal(said);
    if (message) this.step({ type: "heard", message });
  }

  /** The button was pressed: it opens and closes the menu, and otherwise leads to what is shown. */
  pressed(): void {
    if (this.proposals.doing.at !== "nothing") this.panel.focus();
    else if (this.panel.shown) this.panel.hide(true);
    else this.showMenu();
  }

  private get activities(): Activity[] {
    return this.talk ? activitiesFor(this.talk.conversation.mode) : [];
  }

  private get rules(): ProposalRules {
    const known = new Set(this.activities.map(({ name }) => name));
    return { known, polite: this.talk?.conversation.polite ?? false };
  }

  /** The match is over, or another one begins. */
  private leave(): void {
    this.closeActivity();
    this.panel.hide(false);
    clearTimeout(this.timer);
    clearTimeout(this.resendTimer);
    this.talk = undefined;
    this.proposals = noProposals();
    this.unsent = [];
  }

  private step(event: ProposalEvent): void {
    if (!this.talk) return;
    const before = this.proposals.doing;
    const { proposals, send, news } = proposalStep(this.proposals, event, this.rules, performance.now());
    this.proposals = proposals;
    if (send) this.send(send);
    this.setTimer();
    const read = proposals.doing !== before && this.show(event.type !== "heard");
    if (news && !(read && (news === "asked" || news === "began"))) this.tell(news);
  }

  private setTimer(): void {
    clearTimeout(this.timer);
    const { doing } = this.proposals;
    if (!("until" in doing)) return;
    this.timer = setTimeout(() => this.step({ type: "timer" }), doing.until - performance.now());
  }

  /** Keeps the order: what could not be sent goes first. */
  private send(message: ProposalMessage): void {
    this.unsent = [...this.unsent, message].slice(-MOST_UNSENT);
    this.sendUnsent();
  }

  private sendUnsent(): void {
    clearTimeout(this.resendTimer);
    while (this.unsent[0] && this.talk?.channel?.send({ ...this.unsent[0] })) this.unsent.shift();
    if (this.unsent.length > 0) this.resendTimer = setTimeout(() => this.sendUnsent(), RESEND_MS);
  }

  private tell(news: ProposalNews): void {
    const { words } = this.parts;
    if (news === "asked" || news === "began") announce(this.panel.shown?.title ?? "");
    else toast(words[news]);
  }

  private wordsOf(what: string): Activity["words"][Locale] {
    const found = this.activities.find(({ name }) => name === what);
    return found?.words[this.locale] ?? { title: what, asks: what };
  }

  /**
   * Shows what the two are doing now. `byMe`: because of something that this visitor did. Returns whether the focus
   * has moved to the title, so that a screen reader reads it.
   */
  private show(byMe: boolean): boolean {
    const { doing } = this.proposals;
    if (doing.at !== "going") this.closeActivity();
    if (doing.at === "asked") return this.showQuestion(doing.what);
    if (doing.at === "asking") return this.showWaiting(doing.what, byMe);
    if (doing.at === "going") return this.showActivity(doing.what, doing.mine, byMe);
    this.panel.hide(byMe);
    return false;
  }

  private showMenu(): void {
    const list = document.createElement("ul");
    list.append(...this.activities.map((activity) => this.menuItem(activity)));
    const { words, translator, cards } = this.parts;
    const close = translator.text("close");
    const onEscape = () => this.panel.hide(true);
    const card = cards()?.choice(onEscape);
    const parts = card ? [card, list] : [list];
    this.panel.show({ title: words.menu, size: "large", parts, close, onEscape }, true);
  }

  private menuItem({ name, words }: Activity): HTMLElement {
    const item = document.createElement("li");
    const choice = button(words[this.locale].title, () => this.step({ type: "propose", what: name }));
    const may = this.talk?.channel?.isOpen
      ? mayPropose(this.proposals, name, performance.now())
      : "unreachable";
    item.append(choice);
    if (may === "now") return item;
    choice.disabled = true;
    const why = document.createElement("small");
    why.textContent = this.parts.words[may];
    item.append(why);
    return item;
  }

  private showQuestion(what: string): boolean {
    const { words } = this.parts;
    const answers = document.createElement("div");
    answers.className = "row";
    const answer = (yes: boolean) => this.step({ type: "answer", yes });
    const join = button(words.join, () => answer(true));
    join.className = "sun";
    answers.append(
      join,
      button(words.no, () => answer(false)),
    );
    const { asks } = this.wordsOf(what);
    return this.panel.show(
      { title: asks, size: "small", parts: [answers], onEscape: () => answer(false) },
      false,
    );
  }

  private showWaiting(what: string, byMe: boolean): boolean {
    const { words, translator } = this.parts;
    const waiting = document.createElement("p");
    waiting.textContent = words.asking;
    announce(words.asking);
    const onEscape = () => this.step({ type: "end" });
    const close = translator.text("cancel");
    const { title } = this.wordsOf(what);
    return this.panel.show({ title, size: "small", parts: [waiting], close, onEscape }, byMe);
  }

  private showActivity(what: string, mine: boolean, byMe: boolean): boolean {
    const activity = this.activities.find(({ name }) => name === what);
    if (!activity) return false;
    const body = document.createElement("div");
    body.className = "activity";
    body.dataset.activity = what;
    const end = () => this.step({ type: "end" });
    const { title } = activity.words[this.locale];
    const close = this.parts.words.end;
    const read = this.panel.show(
      { title, size: activity.size ?? "large", parts: [body], close, onEscape: end },
      byMe,
    );
    void this.loadActivity(activity, body, mine, end);
    return read;
  }

  private async loadActivity(
    activity: Activity,
    body: HTMLElement,
    mine: boolean,
    end: () => void,
  ): Promise<void> {
    const { translator, words, dispatch } = this.parts;
    const { talk, locale } = this;
    const { doing } = this.proposals;
    const channel = talk?.activityChannel;
    if (!channel) return;
    channel.begin();
    const goesOn = () => this.proposals.doing === doing;
    const opener = await activity.load(locale).catch((error: Error) => {
      console.info("An activity could not be loaded:", error.name);
      return undefined;
    });
    if (!goesOn()) return;
    if (!opener) {
      toast(words.failed);
      end();
      return;
    }
    const done = () => {
      if (goesOn()) end();
    };
    const { match, polite } = talk.conversation;
    const applaud = () => dispatch({ type: "say", text: APPLAUSE, id: randomId() });
    const setDrawing = (capture: Capture) => this.parts.frames.setDrawing(match, capture);
    const open = opener(body, {
      channel,
      match,
      polite,
      mine,
      translator,
      locale,
      setDrawing,
      done,
      applaud,
    });
    if (goesOn()) this.activity = open;
    else open.close(); // it was done at once
  }

  private closeActivity(): void {
    this.activity?.close();
    this.activity = undefined;
    this.talk?.activityChannel?.end();
  }
}
