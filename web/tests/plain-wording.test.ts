// Words that visitors did not understand, or that said something else than was meant. They do not come back.

import { describe, expect, test } from "vitest";
import type { Locale } from "../src/language/locale";
import { STATUS_TEXTS, TEXTS, UNDERSTANDING_TEXTS } from "./translators";

/** Each with what is said instead. */
const UNCLEAR: Partial<Record<Locale, [phrase: RegExp, instead: string][]>> = {
  en: [
    [/a minute after you parted/, "You can meet again in 42 s"],
    [/\bare lifted\b|lifted theirs/, "ready to be seen"],
    [/frame rate|talks? with their hands/, "smooth motion, people who sign"],
    [/takes it for|takes for nudity|counts for little/, "hides nudity"],
    [/^As (this|the|my) /, "Default"],
    [/came about/, "We could not connect you"],
    [/They come back if/, "You meet again if they say yes"],
    [/^You cannot meet people/, "You are banned until …"],
    [/^Was something wrong/, "Report the last stranger"],
    [/for a whole day/, "in time"],
    [/Near me|internet address/, "my country, IP address"],
    [/whatever they (speak|like)/, "in any language"],
    [/coarse squares/, "blurred"],
    [/half have met/, "typical wait"],
    [/^This minute$/, "Just now"],
    [/by voice/, "by audio, as the switch says"],
  ],
  de: [
    [/, durch Zufall/, "per Zufall"],
    [/Beide sind gehoben|seinen Vorhang gehoben/, "bereit"],
    [/Gerät sieht/, "nach einer Prüfung"],
    [/^Wie auf dieser Seite/, "Standard"],
    [/gibt \{site\} (die Kamera|das Mikrofon)/, "darf nicht verwenden"],
    [/^Außer dir/, "Noch 1 Person"],
    [/flüssig vor scharf/, "flüssiges Bild"],
    [/zählt wenig/, "nothing"],
    [/^Zuletzt$/, "Verlauf"],
    [/in meiner Nähe/, "aus meinem Land"],
    [/Weg zurück/, "Zu spät"],
    [/^Ein Grund genügt/, "Tippe auf einen Grund"],
  ],
};

describe.each(Object.entries(UNCLEAR) as [Locale, [RegExp, string][]][])("%s", (locale, unclear) => {
  const texts = [TEXTS, STATUS_TEXTS, UNDERSTANDING_TEXTS].flatMap((all) => Object.entries(all[locale]));

  test.each(unclear)("does not say %s, but: %s", (phrase) => {
    expect(texts.filter(([, text]) => phrase.test(text))).toEqual([]);
  });
});

test("English says audio where it is the name of a mode, in the rules as in the switch", () => {
  const { consent_intro, mode_audio } = TEXTS.en;
  expect(consent_intro).toContain(`by video, ${mode_audio.toLowerCase()} or text`);
});
