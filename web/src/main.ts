// The only place where objects are built.

import { App } from "./app";
import { Blocks } from "./blocks";
import { chooseLocale, wordsFor } from "./i18n";
import { Reports } from "./reports";
import { storageOf } from "./storage";
import { Tokens } from "./tokens";
import { translate } from "./view/dom";

const store = storageOf(() => localStorage);
const tokens = new Tokens(storageOf(() => sessionStorage));
const words = wordsFor(chooseLocale(navigator.languages));
const socketUrl = new URL("/ws", location.href);
socketUrl.protocol = location.protocol === "https:" ? "wss:" : "ws:";

translate(words);
new App({
  words,
  store,
  tokens,
  socketUrl: socketUrl.href,
  blocks: new Blocks(store),
  reports: new Reports(tokens, store),
}).run();
