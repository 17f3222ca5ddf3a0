// The port of what translates lines on this device. No translator may send a line anywhere.

import type { Guess } from "../core/translation/languages";

/** A browser loads what it needs only when somebody has pressed a button. */
export class PressNeeded extends Error {}

export interface LineTranslator {
  /** Loads what it needs to name languages. This is called when the button is pressed. */
  begin(): void;
  /** Returns the likeliest language first, or nothing if there is no detector. */
  detect(text: string): Promise<readonly Guess[]>;
  /**
   * Loads what it needs to translate between two languages. `onProgress` is told from 0 to 1. Returns false if
   * it cannot do it. Raises `PressNeeded`.
   */
  prepare(source: string, target: string, onProgress: (share: number) => void): Promise<boolean>;
  /** Raises an error if that is not possible, or takes too long. */
  translate(text: string, source: string, target: string): Promise<string>;
}
