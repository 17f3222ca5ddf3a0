// Translates lines one after the other, while the visitor wants it. What cannot be translated stays as it is.

import { cleanText } from "../core/text/plain-text";
import { baseOf, isForeign, languageOf } from "../core/translation/languages";
import { type LineTranslator, PressNeeded } from "./line-translator";

/** More lines than this are not waited for. */
const MOST_WAITING = 40;
/** A translation is never this much longer than a line. */
const LONGEST = 6_000;

export interface Translated {
  text: string;
  source: string;
  target: string;
}

/** What to say about it: a language is being loaded, or must be, or cannot be translated, or a line failed. */
export type TranslationNote =
  | { is: "loading"; language: string; share: number }
  | { is: "press" | "impossible"; language: string }
  | { is: "failed" };

export interface TranslationParts {
  translator: LineTranslator;
  /** The language of the page. */
  target: string;
  /** The languages that I speak, and those that the stranger says they speak. */
  spoken: () => { mine: readonly string[]; theirs: readonly string[] };
  /** The note has changed. `again`: it was switched on or off, or other lines can be translated now. */
  onChange: (again: boolean) => void;
}

export class Translation {
  on = false;
  note: TranslationNote | undefined;
  private readonly ready = new Set<string>();
  private turn = 0;
  private waiting = 0;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: TranslationParts) {}

  /** A press: browsers load languages only then, so it begins with those that the stranger speaks. */
  toggle(): void {
    this.on = !this.on;
    this.turn += 1;
    this.last = Promise.resolve();
    this.waiting = 0;
    this.note = undefined;
    if (this.on) {
      this.parts.translator.begin();
      for (const language of this.parts.spoken().theirs.map(baseOf))
        if (this.isForeign(language)) void this.load(language);
    }
    this.parts.onChange(true);
  }

  /** A press on the note. */
  load(language: string): Promise<boolean> {
    const { turn } = this;
    const { translator, target, onChange } = this.parts;
    const tell = (share: number) => {
      if (turn === this.turn && share < 1) this.say({ is: "loading", language, share });
    };
    const loaded = translator.prepare(language, target, tell).then(
      (possible) => (possible ? undefined : ({ is: "impossible", language } as const)),
      (error: Error) =>
        error instanceof PressNeeded ? ({ is: "press", language } as const) : ({ is: "failed" } as const),
    );
    return loaded.then((note) => {
      if (turn !== this.turn) return false;
      this.note = note;
      if (!note) this.ready.add(language);
      onChange(!note);
      return !note;
    });
  }

  /** Returns undefined for what needs no translation, or cannot have one. `spoken` is known of a caption. */
  line(text: string, spoken?: string): Promise<Translated | undefined> {
    if (!this.on || this.waiting >= MOST_WAITING) return Promise.resolve(undefined);
    const { turn } = this;
    this.waiting += 1;
    const done = this.last.then(() => (turn === this.turn ? this.translated(text, spoken) : undefined));
    this.last = done;
    return done.then((translated) => {
      if (turn === this.turn) this.waiting -= 1;
      return turn === this.turn ? translated : undefined;
    });
  }

  private async translated(text: string, spoken: string | undefined): Promise<Translated | undefined> {
    const { translator, target, spoken: languages } = this.parts;
    const { turn } = this;
    try {
      // What they say of a caption counts only if they said before that they speak it.
      const { theirs } = languages();
      const known = theirs.some((tag) => baseOf(tag) === baseOf(spoken ?? "")) ? spoken : undefined;
      const guesses = known ? [] : await translator.detect(text);
      const source = languageOf(guesses, known, theirs);
      if (!this.isForeign(source) || !(this.ready.has(source) || (await this.load(source)))) return undefined;
      const said = cleanText((await translator.translate(text, source, target)).slice(0, LONGEST)).trim();
      if (this.note?.is === "failed") this.say(undefined);
      return said ? { text: said, source, target } : undefined;
    } catch (error) {
      console.info("A line could not be translated:", (error as Error).name);
      if (turn === this.turn) this.say({ is: "failed" });
      return undefined;
    }
  }

  private isForeign(language: string | undefined): language is string {
    return isForeign(language, [this.parts.target, ...this.parts.spoken().mine]);
  }

  private say(note: TranslationNote | undefined): void {
    this.note = note;
    this.parts.onChange(false);
  }
}
