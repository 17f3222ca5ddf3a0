// The recogniser of a browser (Web Speech API), only where it works on the device: Chrome 139 and later.

import type { Phrase } from "../core/captions/own-captions";
import type { Availability, ListeningOptions, ListeningProblem, Recogniser } from "./recogniser";

/** A session that ends sooner than this has failed. */
const SHORT_MS = 1_000;
/** After so many of them in a row, listening ends. */
const MOST_SHORT = 4;
/** A session that has ended is followed by the next one after this time. */
const PAUSE_MS = 250;

interface Results {
  readonly length: number;
  readonly [index: number]: { readonly isFinal: boolean; readonly [index: number]: { transcript: string } };
}

interface Session {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally: boolean;
  onresult: ((event: { resultIndex: number; results: Results }) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start(track: MediaStreamTrack): void;
  abort(): void;
}

interface Options {
  langs: string[];
  processLocally: true;
}

interface SpeechRecognitionClass {
  new (): Session;
  available(options: Options): Promise<string>;
  install(options: Options): Promise<boolean>;
}

/** What a browser can turn into text: here, only elsewhere, or nothing. */
export type Recognition = { on: "device"; recogniser: Recogniser } | { on: "cloud" } | { on: "nothing" };

/** Finds the recogniser of this browser. One that cannot promise to work on the device counts as a cloud. */
export function browserRecognition(scope: object = globalThis): Recognition {
  const { SpeechRecognition, webkitSpeechRecognition } = scope as Record<string, unknown>;
  const found = (SpeechRecognition ?? webkitSpeechRecognition) as SpeechRecognitionClass | undefined;
  if (typeof found !== "function") return { on: "nothing" };
  const local = typeof found.available === "function" && "processLocally" in found.prototype;
  return local ? { on: "device", recogniser: new BrowserRecogniser(found) } : { on: "cloud" };
}

const PROBLEMS: Record<string, ListeningProblem> = {
  "not-allowed": "refused",
  "service-not-allowed": "refused",
  "audio-capture": "refused",
  "language-not-supported": "language",
};

export class BrowserRecogniser implements Recogniser {
  constructor(private readonly recognition: SpeechRecognitionClass) {}

  async availability(language: string): Promise<Availability> {
    const said = await this.recognition.available({ langs: [language], processLocally: true });
    if (said === "available") return said;
    return said === "downloadable" || said === "downloading" ? "downloadable" : "unavailable";
  }

  install(language: string): Promise<boolean> {
    return this.recognition.install({ langs: [language], processLocally: true });
  }

  listen(options: ListeningOptions): () => void {
    const listening = new Listening(this.recognition, options);
    listening.begin();
    return () => listening.end();
  }
}

/** One session after the other, because a browser ends each after a silence. */
class Listening {
  private session: Session | undefined;
  private short = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(
    private readonly recognition: SpeechRecognitionClass,
    private readonly options: ListeningOptions,
  ) {}

  begin(): void {
    const session = new this.recognition();
    session.lang = this.options.language;
    session.continuous = session.interimResults = session.processLocally = true;
    this.session = session;
    const begun = performance.now();
    session.onresult = ({ resultIndex, results }) => this.options.onHeard(phrasesOf(results, resultIndex));
    session.onerror = ({ error }) => this.failed(PROBLEMS[error]);
    session.onend = () => this.over(performance.now() - begun);
    this.options.onBegin();
    try {
      session.start(this.options.track);
    } catch (error) {
      console.info("The browser refused to listen:", (error as Error).name);
      this.failed("failed");
    }
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    const { session } = this;
    if (!session) return;
    session.onresult = session.onerror = session.onend = null;
    session.abort();
  }

  /** An error without a name here, such as a silence, is followed by the end of the session. */
  private failed(problem: ListeningProblem | undefined): void {
    if (!problem || this.ended) return;
    this.end();
    this.options.onProblem(problem);
  }

  private over(milliseconds: number): void {
    this.short = milliseconds < SHORT_MS ? this.short + 1 : 0;
    if (this.short >= MOST_SHORT) this.failed("failed");
    else this.timer = setTimeout(() => this.begin(), PAUSE_MS);
  }
}

function phrasesOf(results: Results, from: number): Phrase[] {
  const phrases: Phrase[] = [];
  for (let index = from; index < results.length; index += 1) {
    const result = results[index];
    if (result) phrases.push({ index, text: result[0]?.transcript ?? "", final: result.isFinal });
  }
  return phrases;
}
