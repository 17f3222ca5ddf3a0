// Writes down what I say, while I want it, my microphone is on, and a stranger is there.

import type { Caption } from "../core/captions/caption";
import { OwnCaptions } from "../core/captions/own-captions";
import type { ListeningProblem, Recogniser } from "./recogniser";

/** `loading`: the language is being loaded. A problem is the reason why it is off. */
export type SpeechState = "off" | "loading" | "on" | ListeningProblem;

export interface OwnSpeechParts {
  recogniser: Recogniser;
  /** The microphone, or undefined while it is muted or there is no call. */
  microphone: () => MediaStreamTrack | undefined;
  send: (caption: Caption) => void;
  onChange: () => void;
}

export class OwnSpeech {
  state: SpeechState = "off";
  private language = "";
  private turn = 0;
  private heardBy: MediaStreamTrack | undefined;
  private end: (() => void) | undefined;
  private captions = new OwnCaptions();

  constructor(private readonly parts: OwnSpeechParts) {}

  get on(): boolean {
    return this.state === "on" || this.state === "loading";
  }

  /** Whether a microphone is being written down at this moment. */
  get listens(): boolean {
    return this.end !== undefined;
  }

  /** Begins, or goes on in another language. */
  async begin(language: string): Promise<void> {
    this.stop();
    const turn = this.turn;
    this.language = language;
    this.enter("loading");
    const problem = await this.load(language);
    if (turn !== this.turn) return;
    this.enter(problem ?? "on");
    this.update();
  }

  stop(): void {
    this.turn += 1;
    this.silence();
    if (this.state !== "off") this.enter("off");
  }

  /** The next stranger counts from 1 again. */
  forget(): void {
    this.stop();
    this.captions = new OwnCaptions();
  }

  /** Must be called when the microphone may have changed. */
  update(): void {
    const track = this.state === "on" ? this.parts.microphone() : undefined;
    if (track === this.heardBy) return;
    this.silence();
    if (track) this.listen(track);
  }

  private async load(language: string): Promise<ListeningProblem | undefined> {
    try {
      const found = await this.parts.recogniser.availability(language);
      if (found === "unavailable") return "language";
      if (found === "downloadable" && !(await this.parts.recogniser.install(language))) return "failed";
      return undefined;
    } catch (error) {
      console.info("Speech cannot be written down:", (error as Error).name);
      return "failed";
    }
  }

  private listen(track: MediaStreamTrack): void {
    const { language, captions } = this;
    this.heardBy = track;
    let refused = false;
    const end = this.parts.recogniser.listen({
      track,
      language,
      onBegin: () => captions.begin(),
      onHeard: (phrases) => {
        for (const caption of captions.heard(phrases, language, performance.now())) this.parts.send(caption);
      },
      onProblem: (problem) => {
        refused = true;
        this.silence();
        this.enter(problem);
      },
    });
    this.end = refused ? undefined : end;
  }

  private silence(): void {
    this.end?.();
    this.end = this.heardBy = undefined;
  }

  private enter(state: SpeechState): void {
    this.state = state;
    this.parts.onChange();
  }
}
