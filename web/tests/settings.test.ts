import { expect, test } from "vitest";
import { curtainOf, loadSettings, saveSettings } from "../src/settings";
import { askSite } from "../src/site";
import { memoryStore } from "./helpers";

const answering = (body: object, ok = true) =>
  (async () => ({ ok, text: async () => JSON.stringify(body) })) as unknown as typeof fetch;
const silent = (async () => {
  throw new TypeError("no network");
}) as unknown as typeof fetch;

test("what was chosen is chosen again at the next visit", () => {
  const store = memoryStore();
  saveSettings(store, { ...loadSettings(store), signing: true });
  expect(loadSettings(store)).toEqual({ check: true, hideAddress: false, signing: true });
});

test("the operator's curtain holds until somebody chooses another one", async () => {
  const site = await askSite(memoryStore(), answering({ curtain: "off" }));
  const settings = loadSettings(memoryStore());
  expect(curtainOf(settings, site)).toBe("off");
  expect(curtainOf({ ...settings, curtain: "always" }, site)).toBe("always");
});

test("without a connection the site is as it was the last time", async () => {
  const store = memoryStore();
  expect((await askSite(store, silent)).curtain).toBe("always");
  await askSite(store, answering({ curtain: "auto", relay: true }));
  expect(await askSite(store, silent)).toMatchObject({ curtain: "auto", relay: true, name: "Zufall" });
  expect(await askSite(store, answering({ curtain: "off" }, false))).toMatchObject({ curtain: "auto" });
});
