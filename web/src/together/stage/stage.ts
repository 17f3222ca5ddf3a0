// The stage: one shows something for half a minute, as large as there is room at both sides, and then both decide. It
// changes only the sizes of the two pictures. What the curtain or the check hides stays hidden.

import {
  beginPerformance,
  type Performance,
  parseVote,
  performanceStep,
  type Vote,
} from "../../core/together/stage";
import { button } from "../../view/dom";
import { announce } from "../../view/notifications";
import type { ActivityContext, OpenActivity } from "../activities";
import { STAGE_WORDS, type StageWords } from "./words";
import "./stage.css";

/** How often the seconds are counted. */
const TICK_MS = 250;
/** No second applause before that. */
const APPLAUSE_PAUSE_MS = 2_000;

export function openStage(panel: HTMLElement, context: ActivityContext): OpenActivity {
  return new StageActivity(panel, context);
}

class StageActivity implements OpenActivity {
  private readonly words: StageWords;
  private readonly text = document.createElement("p");
  private readonly seconds = document.createElement("strong");
  private readonly buttons = document.createElement("div");
  private readonly timer: ReturnType<typeof setInterval>;
  private performance: Performance;

  constructor(
    private readonly panel: HTMLElement,
    private readonly context: ActivityContext,
  ) {
    this.words = STAGE_WORDS[context.locale];
    this.performance = beginPerformance(context.mine ? "me" : "them", performance.now());
    this.text.tabIndex = -1;
    this.seconds.setAttribute("role", "timer");
    this.seconds.ariaLive = "off";
    this.buttons.className = "row";
    panel.append(this.text, this.seconds, this.buttons);
    context.channel.listen("stage", (message) => {
      const vote = parseVote(message);
      if (vote) this.step({ type: "heard", vote });
    });
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.draw();
  }

  close(): void {
    clearInterval(this.timer);
    delete document.documentElement.dataset.performs;
  }

  private tick(): void {
    this.step({ type: "timer" });
    this.countDown();
  }

  private step(event: Parameters<typeof performanceStep>[1]): void {
    const next = performanceStep(this.performance, event, performance.now());
    if (next === this.performance) return;
    if (!next) {
      this.context.done();
      return;
    }
    this.performance = next;
    this.draw();
  }

  private draw(): void {
    const { words } = this;
    const { at, performer, mine, theirs } = this.performance;
    document.documentElement.dataset.performs = at === "show" ? performer : "";
    const focused = this.buttons.contains(document.activeElement);
    if (at === "show") this.say(words[performer === "me" ? "i_show" : "they_show"]);
    else if (mine) this.say(words.waiting);
    else this.say([theirs && words[`they_${theirs}`], words.what_now].filter(Boolean).join(" "));
    this.buttons.replaceChildren(...this.choices());
    if (focused) this.text.focus();
    this.countDown();
  }

  private choices(): HTMLElement[] {
    const { words } = this;
    const { at, performer, mine } = this.performance;
    if (at === "show") return performer === "them" ? [this.applause()] : [];
    if (mine) return [];
    return [
      button(words.again, () => this.vote("again")),
      button(words.change, () => this.vote("change")),
      button(words.enough, () => this.context.done()),
    ];
  }

  private applause(): HTMLElement {
    const clap = button(`👏 ${this.words.applause}`, () => {
      if (clap.ariaDisabled === "true") return;
      clap.ariaDisabled = "true";
      setTimeout(() => {
        clap.ariaDisabled = null;
      }, APPLAUSE_PAUSE_MS);
      this.context.applaud();
    });
    return clap;
  }

  private vote(vote: Vote): void {
    this.context.channel.send({ type: "stage", vote });
    this.step({ type: "vote", vote });
  }

  private say(text: string): void {
    if (this.text.textContent === text) return;
    this.text.textContent = text;
    announce(text);
  }

  private countDown(): void {
    const { at, until } = this.performance;
    const left = Math.max(0, Math.ceil((until - performance.now()) / 1_000));
    const format = new Intl.NumberFormat(this.context.translator.locale);
    this.seconds.textContent = format.format(left);
    this.panel.dataset.part = at;
  }
}
