// Builds the console and starts it.

import { ApiClient } from "./api-client";
import { App } from "./app";

const api = new ApiClient((input, init) => fetch(input, init));
void new App(api, () => Date.now()).start();
