// Says in the settings what this browser can do for captions and translation, and what it lacks.

import type { PageTranslator } from "../language/texts";
import type { Site } from "../site/site";
import { byId } from "../view/dom";
import { browserRecognition, type Recognition } from "./browser-recogniser";
import { browserTranslator } from "./browser-translator";
import { made } from "./elements";
import { loadUnderstandingTexts, type UnderstandingKey } from "./texts";
import { Words } from "./words";

const SPEECH: Record<Recognition["on"], UnderstandingKey> = {
  device: "can_write",
  cloud: "cloud",
  nothing: "cannot_write",
};

/** Returns one plain sentence on speech, and one on translation. */
export function sentencesOf(scope: object, { recogniser }: Pick<Site, "recogniser">): UnderstandingKey[] {
  const translates = browserTranslator(scope) !== undefined;
  return [
    recogniser ? "can_write" : SPEECH[browserRecognition(scope).on],
    translates ? "can_translate" : "cannot_translate",
  ];
}

/** Adds a section to the settings. */
export async function addSection(translator: PageTranslator, site: Site): Promise<void> {
  const words = new Words(await loadUnderstandingTexts(translator.locale), translator);
  const title = made("h3", { id: "settings-understanding" }, words.text("title"));
  const section = made("section", {}, title);
  section.setAttribute("aria-labelledby", title.id);
  section.append(...sentencesOf(globalThis, site).map((key) => made("p", {}, words.text(key))));
  byId("settings-devices").parentElement?.after(section);
}
