import { expect, test } from "vitest";
import { curtainOf, loadSettings, saveSettings } from "../src/settings";
import { fetchSite, storedSite } from "../src/site/site";
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
  const store = memoryStore();
  await fetchSite(store, answering({ curtain: "off" }));
  const site = storedSite(store);
  const settings = loadSettings(memoryStore());
  expect(curtainOf(settings, site)).toBe("off");
  expect(curtainOf({ ...settings, curtain: "always" }, site)).toBe("always");
});

test("what cannot be read any more is as if it had never been chosen", () => {
  const fresh = { check: true, hideAddress: false, signing: false };
  for (const broken of ['{"check":fal', "null", "[]", "7", '{"check":"no","camera":5,"curtain":"blue"}']) {
    const store = memoryStore();
    store.setItem("zufall.settings", broken);
    expect(loadSettings(store)).toEqual(fresh);
  }
});

test("who answers in the place of the gateway is not believed, and nothing of it is kept", async () => {
  const store = memoryStore();
  await fetchSite(store, answering({ curtain: "auto", name: "Chance" }));
  for (const said of ["<html>Please log in</html>", "null", "[]", ""]) {
    const login = (async () => ({ ok: true, text: async () => said })) as unknown as typeof fetch;
    expect(await fetchSite(store, login)).toBeUndefined();
  }
  expect(storedSite(store)).toMatchObject({ curtain: "auto", name: "Chance" });
});

test("a site of which something else was kept is as if it had never been asked", async () => {
  const others = [
    '{"colours":null,"links":3,"rules":{},"curtain":1}',
    '{"colours":[],"links":[null],"rules":{"texts":{"":5}}}',
    '{"name":5,"rules":{"texts":[["no"]]}}',
  ];
  for (const broken of ["<html>", '{"name":', "null", ...others]) {
    const store = memoryStore();
    store.setItem("zufall.site", broken);
    expect(storedSite(store)).toMatchObject({
      name: "Zufall",
      colours: {},
      links: [],
      rules: null,
      curtain: "always",
    });
  }
});

test("without a connection the site is as it was the last time", async () => {
  const store = memoryStore();
  expect(storedSite(store).curtain).toBe("always");
  const said = await fetchSite(store, answering({ curtain: "auto", relay: true }));
  expect(await fetchSite(store, silent)).toBeUndefined();
  expect(storedSite(store)).toEqual(said);
  expect(said).toMatchObject({ curtain: "auto", relay: true, name: "Zufall" });
  expect(await fetchSite(store, answering({ curtain: "off" }, false))).toBeUndefined();
  expect(storedSite(store)).toMatchObject({ curtain: "auto" });
});
