// The translator of a browser (Translator and LanguageDetector APIs), which works on the device: Chrome 138 and later.

import type { Guess } from "../core/translation/languages";
import { type LineTranslator, PressNeeded } from "./line-translator";

/** A line that takes longer is shown as it is. */
const TIMEOUT_MS = 10_000;
/** Each holds a model in memory. */
const MOST_PAIRS = 4;

interface Pair {
  sourceLanguage: string;
  targetLanguage: string;
}

interface Monitor {
  addEventListener(type: "downloadprogress", heard: (event: { loaded: number }) => void): void;
}

interface Watched {
  monitor?: (monitor: Monitor) => void;
}

interface Translating {
  translate(text: string): Promise<string>;
  destroy?(): void;
}

interface Detecting {
  detect(text: string): Promise<{ detectedLanguage?: string; confidence?: number }[]>;
}

export interface TranslatorClass {
  availability(pair: Pair): Promise<string | null>;
  create(options: Pair & Watched): Promise<Translating>;
}

export interface DetectorClass {
  availability(): Promise<string | null>;
  create(): Promise<Detecting>;
}

/** Returns undefined where the browser has no translator. */
export function browserTranslator(scope: object = globalThis): BrowserTranslator | undefined {
  const { Translator, LanguageDetector } = scope as {
    Translator?: TranslatorClass;
    LanguageDetector?: DetectorClass;
  };
  return Translator && new BrowserTranslator(Translator, LanguageDetector);
}

export class BrowserTranslator implements LineTranslator {
  private readonly pairs = new Map<string, Promise<Translating>>();
  private detector: Promise<Detecting> | undefined;

  constructor(
    private readonly translator: TranslatorClass,
    private readonly detectors: DetectorClass | undefined,
  ) {}

  begin(): void {
    void this.detect("");
  }

  async detect(text: string): Promise<readonly Guess[]> {
    if (!this.detectors) return [];
    try {
      this.detector ??= this.detectors.create();
      const detector = await this.detector;
      const found = text ? await inTime(detector.detect(text)) : [];
      return found.map((one) => ({
        language: one.detectedLanguage ?? "und",
        confidence: one.confidence ?? 0,
      }));
    } catch (error) {
      this.detector = undefined; // the next line tries it again
      console.info("The browser could not name a language:", (error as Error).name);
      return [];
    }
  }

  async prepare(source: string, target: string, onProgress: (share: number) => void): Promise<boolean> {
    const pair = { sourceLanguage: source, targetLanguage: target };
    const found = await this.translator.availability(pair);
    if (found !== "available" && found !== "downloadable" && found !== "downloading") return false;
    const monitor = (watched: Monitor) =>
      watched.addEventListener("downloadprogress", ({ loaded }) => onProgress(loaded));
    try {
      await this.pairOf(pair, monitor);
      return true;
    } catch (error) {
      if ((error as Error).name === "NotAllowedError") throw new PressNeeded();
      throw error;
    }
  }

  async translate(text: string, source: string, target: string): Promise<string> {
    const pair = { sourceLanguage: source, targetLanguage: target };
    return inTime(this.pairOf(pair).then((translator) => translator.translate(text)));
  }

  private pairOf(pair: Pair, monitor?: (monitor: Monitor) => void): Promise<Translating> {
    const key = `${pair.sourceLanguage} ${pair.targetLanguage}`;
    const known = this.pairs.get(key);
    if (known) return known;
    const made = this.translator.create({ ...pair, ...(monitor ? { monitor } : {}) });
    this.pairs.set(key, made);
    made.catch(() => this.pairs.delete(key));
    this.dropOldest();
    return made;
  }

  private dropOldest(): void {
    const [oldest] = this.pairs;
    if (!oldest || this.pairs.size <= MOST_PAIRS) return;
    this.pairs.delete(oldest[0]);
    oldest[1].then(
      (translator) => translator.destroy?.(),
      () => {}, // it was never made
    );
  }
}

async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the browser takes too long")), TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
