// The way to meetings with people whom the visitor knows: a button, a link, and somebody whom they have met. All else is
// loaded with the first of these.

import type { Locale } from "../language/locale";
import { Lazy } from "../lazy";
import type { PageState, View } from "../page-state";
import { button, byId } from "../view/dom";
import { toast } from "../view/notifications";
import type { Entry } from "../view/recent";
import type { Meet, MeetParts } from "./meet";
import "../style/meet.css";

export class Entrance implements View {
  private readonly meet: Lazy<Meet>;
  /** Invite was pressed before all was loaded. */
  private invites = false;

  constructor(private readonly parts: MeetParts) {
    const { translator } = parts;
    this.meet = new Lazy({
      load: async () => {
        const { Meet, loadMeetTexts } = await import("./meet");
        return new Meet(this.parts, await loadMeetTexts(translator.locale as Locale));
      },
      onLoaded: () => this.loaded(),
      onFailed: (error) => {
        console.info("Meetings could not be loaded:", error.name);
        if (this.invites) toast(translator.text("unreached"));
        this.invites = false;
        this.meet.allowRetry(); // the next press tries again
      },
    });
    const invite = button(translator.text("invite"), () => this.invite());
    invite.id = "invite";
    byId("start").after(invite);
    addEventListener("hashchange", () => this.openLink());
    this.openLink();
    parts.stage.words = (call) => this.meet.value?.words(call);
    void parts.safety.entries().then(({ length }) => length > 0 && this.meet.load());
  }

  render(state: PageState): void {
    if (state.call.conversation) this.meet.load(); // whom one may want to meet again
    this.meet.value?.render(state);
  }

  /** Returns what else to offer beside a recent stranger. */
  offerFor(entry: Entry): HTMLElement[] {
    return this.meet.value?.offerFor(entry) ?? [];
  }

  private invite(): void {
    this.invites = true;
    this.meet.load();
    this.openDialog();
  }

  private openLink(): void {
    if (location.hash) this.meet.load();
    this.meet.value?.openLink();
  }

  private loaded(): void {
    this.openDialog();
    this.parts.dispatch({ type: "changed" });
  }

  private openDialog(): void {
    if (!this.invites || !this.meet.value) return;
    this.invites = false;
    this.meet.value.invite();
  }
}
