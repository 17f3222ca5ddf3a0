// Chooses the language of the console, builds the console and starts it.

import { applyLocale } from "../../src/language/locale";
import { openStorage } from "../../src/storage/local-storage";
import { byId } from "../../src/view/dom";
import { ignoreHeldEnter } from "../../src/view/held-keys";
import { ApiClient } from "./api-client";
import { App } from "./app";
import { locale, preferredLocale, say, speak } from "./words";

await speak(
  preferredLocale(
    openStorage(() => localStorage),
    navigator.languages,
  ),
);
applyLocale(locale());
document.title = say("title");
byId("menu").setAttribute("aria-label", say("screens"));
ignoreHeldEnter();
const api = new ApiClient((input, init) => fetch(input, init));
void new App(api, () => Date.now()).start();
