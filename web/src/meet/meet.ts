// Meetings with people whom the visitor knows: with a stranger of a former match, and by an invitation. It is loaded for
// those who have met somebody, invite somebody, or come by a link.

import type { Call, Phase, Wish } from "../core/call/state";
import type { LocalMedia } from "../devices/local-media";
import type { AskedInvitation, MadeInvitation } from "../http.generated";
import type { PageTranslator } from "../language/texts";
import type { Mode } from "../messages.generated";
import type { Dispatch, PageState, View } from "../page-state";
import { wishOf } from "../preferences";
import type { SafetyController } from "../safety/safety-controller";
import type { TokenStore } from "../signaling/token-store";
import { button } from "../view/dom";
import { toast } from "../view/notifications";
import type { Entry } from "../view/recent";
import type { StageView } from "../view/stage";
import { Card } from "./card";
import { invitationIn, linkOf } from "./invitation-link";
import { InviteDialog } from "./invite-dialog";
import { InvitedCard } from "./invited-card";
import { isMeetable } from "./meetable";
import { MeetingsClient } from "./meetings-client";
import { SceneLinks } from "./scene-links";
import type { MeetTexts } from "./texts";
import { WaitingWatch } from "./waiting-watch";
import { isMeeting, type Kind, type SearchWords, searchWords } from "./words";

/** How often the page looks whether it is time to ask. */
const LOOK_MS = 5_000;

export interface MeetParts {
  translator: PageTranslator;
  tokens: Pick<TokenStore, "current" | "stored">;
  media: Pick<LocalMedia, "settled" | "suits">;
  stage: Pick<StageView, "words">;
  /** Knows the recent strangers, the newest first. */
  safety: Pick<SafetyController, "entries">;
  state: () => PageState;
  dispatch: Dispatch;
}

/** My invitation, whose guests I wait for. */
interface MyInvitation {
  invitation: string;
  /** When it expires, in the visitor's language. Empty while that is not known. */
  until: string;
}

export { loadMeetTexts } from "./texts";

export class Meet implements View {
  private readonly client: MeetingsClient;
  private readonly watch: WaitingWatch;
  private readonly links: SceneLinks;
  private readonly wants: Card;
  private readonly end = new Card("parted");
  private readonly dismissed = new Set<string>();
  private readonly told = new Set<string>();
  /** What says in the list of recent strangers that one waits, by their matches. */
  private readonly signs = new Map<string, HTMLElement>();
  private dialog: InviteDialog | undefined;
  private invited: InvitedCard | undefined;
  private mine: MyInvitation | undefined;
  /** Whom the last search for a meeting was for. */
  private kind: Kind = "again";
  private expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly parts: MeetParts,
    private readonly texts: MeetTexts,
  ) {
    const { translator, tokens } = parts;
    this.client = new MeetingsClient(tokens);
    this.links = new SceneLinks(translator, this.texts, () => this.meetStrangers());
    this.wants = this.wantsCard();
    this.watch = new WaitingWatch({
      client: this.client,
      meetable: async () => (await parts.safety.entries()).filter((entry) => this.isMeetable(entry)),
      seen: () => !document.hidden,
      onChange: () => this.waitingChanged(),
      now: () => performance.now(),
    });
    setInterval(() => void this.watch.look(this.phase), LOOK_MS);
    for (const recent of document.querySelectorAll("button.recent"))
      recent.addEventListener("click", () => void this.watch.look(this.phase, true));
    this.openLink();
  }

  private get phase(): Phase {
    return this.parts.state().call.phase;
  }

  render({ call }: PageState): void {
    const { wish, line, conversation, phase } = call;
    const { invitation } = wish ?? {};
    if (line && invitation && invitation !== this.mine?.invitation) void this.recall(invitation);
    const host = invitation !== undefined && invitation === this.mine?.invitation;
    const link = host ? linkOf(invitation, location.origin + location.pathname) : undefined;
    this.links.render(phase === "searching" && isMeeting(wish), link);
    this.invited?.render(phase === "idle");
    if (conversation?.known) this.forgetLink();
    if (phase !== "idle" || !this.wanting) this.wants.hide();
    else this.wants.show();
    this.tellEnd(phase === "idle" ? call.parted : undefined);
    void this.watch.look(phase);
  }

  /** Returns the words of the stage, undefined for the usual ones. */
  words(call: Call): SearchWords | undefined {
    if (!isMeeting(call.wish)) return undefined;
    return searchWords(this.kind, call, this.mine?.until ?? "", this.texts);
  }

  /** Opens the dialog in which an invitation is made. */
  invite(): void {
    const { translator, media, state } = this.parts;
    const { mode } = state().preferences;
    this.dialog ??= new InviteDialog({
      translator,
      texts: this.texts,
      client: this.client,
      onMade: (made, asked) => this.waitForGuests(made, asked),
    });
    this.dialog.show(mode, media.suits(mode));
  }

  /** Shows the invitation with which the visitor came, if there is one. */
  openLink(): void {
    const invitation = invitationIn(location.hash);
    if (!invitation || invitation === this.invited?.invitation) return;
    const { translator, media, dispatch } = this.parts;
    this.invited?.end();
    this.invited = new InvitedCard(invitation, {
      translator,
      texts: this.texts,
      client: this.client,
      suits: (mode) => media.suits(mode),
      onMode: (mode) => dispatch({ type: "change_preferences", change: { mode } }),
      join: (mode, link) => void this.begin("guest", mode, { invitation: link }),
      onDismissed: () => this.forgetLink(),
    });
    void this.invited.open().then(() => dispatch({ type: "changed" }));
  }

  /** Returns what to offer beside a recent stranger: to meet them again, and whether they wait. */
  offerFor(entry: Entry): HTMLElement[] {
    const { call } = this.parts.state();
    if (!this.isMeetable(entry) || call.conversation) return [];
    const waits = Object.assign(document.createElement("span"), { textContent: this.texts.waits });
    waits.className = "state";
    this.signs.set(entry.match, waits);
    this.showSigns();
    return [waits, button(this.texts.again, () => this.again(entry))];
  }

  /** Shows in the list of recent strangers who waits. */
  private showSigns(): void {
    for (const [match, sign] of this.signs) sign.hidden = !this.watch.waitsIn(match);
  }

  private tellEnd(parted: PageState["call"]["parted"]): void {
    if (!parted) {
      this.end.hide();
      return;
    }
    this.end.say(parted === "left" ? this.texts.left : this.texts.void);
    this.end.show();
  }

  private isMeetable(entry: Entry): boolean {
    return isMeetable(entry, this.parts.tokens.stored()?.token);
  }

  private again({ pass, mode }: Pick<Entry, "pass" | "mode">): void {
    document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
    void this.begin("again", mode, { again: pass });
  }

  /** Searches for the people of a meeting, if camera and microphone are there. Else the page says what is wrong. */
  private async begin(kind: Kind, mode: Mode, people: Pick<Wish, "again" | "invitation">): Promise<void> {
    const { dispatch, media, state } = this.parts;
    if (this.phase !== "idle") dispatch({ type: "stop" }); // a search for strangers, or a conversation that is over
    if (state().preferences.mode !== mode) dispatch({ type: "change_preferences", change: { mode } });
    await media.settled();
    this.kind = kind;
    const wish = { ...wishOf({ ...state().preferences, mode }), ...people };
    dispatch({ type: "start", wish, line: kind === "line" });
  }

  private waitForGuests({ invitation, expires_in }: MadeInvitation, { mode, line }: AskedInvitation): void {
    this.own(invitation, expires_in);
    void this.begin(line ? "line" : "host", mode, { invitation });
  }

  /** The page was loaded again in a conversation with one of my guests. The gateway knows until when others can come. */
  private async recall(invitation: string): Promise<void> {
    this.kind = "line";
    this.mine = { invitation, until: "" };
    const answer = await this.client.check(invitation);
    if (typeof answer !== "string") this.own(invitation, answer.expires_in);
    this.parts.dispatch({ type: "changed" });
  }

  private own(invitation: string, expires_in: number): void {
    const { translator } = this.parts;
    const until = new Date(Date.now() + expires_in * 1000);
    const style = expires_in > 12 * 3600 ? ({ dateStyle: "medium", timeStyle: "short" } as const) : undefined;
    this.mine = {
      invitation,
      until: until.toLocaleString(translator.locale, style ?? { timeStyle: "short" }),
    };
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.expire(invitation), expires_in * 1000);
  }

  private expire(invitation: string): void {
    const { phase, wish } = this.parts.state().call;
    if (phase !== "searching" || wish?.invitation !== invitation) return;
    this.parts.dispatch({ type: "stop" });
    toast(this.texts.expired);
  }

  private meetStrangers(): void {
    const { dispatch, state } = this.parts;
    this.forgetLink();
    dispatch({ type: "stop" });
    dispatch({ type: "start", wish: wishOf(state().preferences) });
  }

  /** The link has served. */
  private forgetLink(): void {
    this.invited?.end();
    this.invited = undefined;
    if (invitationIn(location.hash))
      history.replaceState(history.state, "", location.pathname + location.search);
  }

  // --- somebody waits -------------------------------------------------------------------------------

  private get wanting(): Entry | undefined {
    return this.watch.waiting.find(({ match }) => !this.dismissed.has(match));
  }

  private wantsCard(): Card {
    const card = new Card("wants");
    card.say(this.texts.wants);
    const again = card.offer(this.texts.again, () => {
      const { wanting } = this;
      if (wanting) this.again(wanting);
    });
    again.classList.add("primary");
    card.offer(this.texts.not_now, () => {
      for (const { match } of this.watch.waiting) this.dismissed.add(match);
      card.hide();
    });
    return card;
  }

  /** Where the card is not seen, a note says once that somebody waits. */
  private waitingChanged(): void {
    this.showSigns();
    const { wanting, phase } = this;
    if (
      wanting &&
      phase !== "idle" &&
      !this.told.has(wanting.match) &&
      !isMeeting(this.parts.state().call.wish)
    ) {
      this.told.add(wanting.match);
      toast(this.texts.wants);
    }
    this.parts.dispatch({ type: "changed" });
  }
}
