// Builds the console and starts it.

import { Api } from "./api";
import { App } from "./app";

const api = new Api((input, init) => fetch(input, init));
void new App(api, () => Date.now()).start();
