// Claims the case that is open, says who else looks at it, and lets go of it when the moderator leaves.

import { button } from "../../../src/view/dom";
import type { Claim, ClaimRequest } from "../api.generated";
import { ApiError, pathOf } from "../api-client";
import { h, timeElement, untrustedText } from "../dom";
import { formatClock } from "../format-time";
import type { ScreenContext } from "../screen";
import { claimOfOther } from "../team-rules";
import { say } from "../words";
import { runAndReport } from "./forms";

/** A claim ends after two minutes, so it is renewed before, as long as somebody is there. */
const RENEW_MS = 40_000;
const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "scroll"] as const;

export class CasePresence {
  readonly root = h("div", { class: "notice presence", role: "status", hidden: true });
  private readonly problem = h("p", { class: "problem", role: "alert", hidden: true });
  private readonly timer: ReturnType<typeof setInterval>;
  /** Whether somebody did something since the last renewal. Renewals must not keep a session alive. */
  private active = true;
  private mine = false;
  private disposed = false;
  private readonly onSignOfLife = () => {
    this.active = true;
  };
  /** Claims the case again at once, because the claim may have ended while the page was hidden. */
  private readonly onVisibilityChange = () => {
    if (document.hidden) return;
    this.active = true;
    void this.renew();
  };

  constructor(
    private readonly context: ScreenContext,
    private readonly id: string,
    /** Runs when "next" led here, and somebody else has the case by now. */
    private readonly onTaken: () => void,
  ) {
    for (const sign of SIGNS_OF_LIFE) addEventListener(sign, this.onSignOfLife, { passive: true });
    document.addEventListener("visibilitychange", this.onVisibilityChange);
    this.timer = setInterval(() => void this.renew(), RENEW_MS);
    void this.renew();
  }

  dispose(): void {
    this.disposed = true;
    clearInterval(this.timer);
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, this.onSignOfLife);
    document.removeEventListener("visibilitychange", this.onVisibilityChange);
    if (this.mine) void this.leave();
  }

  /** Shows who else looks at the case, as the service tells it. */
  update(): void {
    const { latest, me } = this.context.team;
    this.show(claimOfOther(latest, this.id, me));
  }

  private async renew(): Promise<void> {
    if (!this.active || !this.context.hasRole("moderator")) return;
    this.active = false;
    try {
      await this.claim(false);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the page says elsewhere that the service is away
    }
  }

  private async claim(takeOver: boolean): Promise<void> {
    const body: ClaimRequest = { take_over: takeOver };
    const claim = await this.context.api.send<Claim>("POST", pathOf`/cases/${this.id}/claim`, body);
    this.mine = claim.account === this.context.session.name;
    if (this.disposed) return this.mine ? this.leave() : undefined;
    const { team } = this.context;
    const taken = !this.mine && claim.account !== "";
    const byNext = team.nextCase === this.id;
    team.nextCase = undefined;
    if (taken && byNext) this.onTaken();
    else this.show(taken ? claim : undefined);
  }

  private async leave(): Promise<void> {
    try {
      await this.context.api.send("DELETE", pathOf`/cases/${this.id}/claim`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the claim ends by itself
    }
  }

  private show(claim: Claim | undefined): void {
    this.root.hidden = claim === undefined;
    if (!claim) return;
    const time = timeElement(claim.since, formatClock(claim.since));
    const take = button(
      say("take_over"),
      () => void runAndReport(this.problem, take, () => this.claim(true)),
    );
    const said = h("span", {}, untrustedText(claim.account), ` ${say("is_looking")} `, time, ".");
    this.root.replaceChildren(said, this.context.hasRole("moderator") ? take : "", this.problem);
  }
}
