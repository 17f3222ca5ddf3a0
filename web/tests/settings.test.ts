import { expect, test } from "vitest";
import { curtainOf, loadSettings, saveSettings } from "../src/settings";
import { fetchSite, storedSite } from "../src/site/site";
import { memoryStore } from "./helpers";

const answering = (body: object, ok = true) =>
  (async () => ({ ok, text: async () => JSON.stringify(body) })) as unknown as typeof fetch;
const silent = (async () => {
  throw new TypeError("no network");
}) as unknown as typeof fetch;

test("settings are restored at the next visit", () => {
  const store = memoryStore();
  const usual = loadSettings(store);
  expect(usual).toEqual({
    check: true,
    hideAddress: true,
    signing: false,
    blur: false,
    echo: true,
    noise: true,
  });
  saveSettings(store, { ...usual, signing: true, blur: true, echo: false });
  expect(loadSettings(store)).toEqual({ ...usual, signing: true, blur: true, echo: false });
});

test("the address is hidden unless the visitor chose otherwise, and another setting does not choose", () => {
  const store = memoryStore();
  expect(loadSettings(store).hideAddress).toBe(true);
  saveSettings(store, { signing: true });
  expect(loadSettings(store).hideAddress).toBe(true);
  saveSettings(store, { hideAddress: false });
  expect(loadSettings(store).hideAddress).toBe(false);
});

test("the operator's curtain applies until the visitor chooses another one", async () => {
  const store = memoryStore();
  await fetchSite(store, answering({ curtain: "off" }));
  const site = storedSite(store);
  const settings = loadSettings(memoryStore());
  expect(curtainOf(settings, site)).toBe("off");
  expect(curtainOf({ ...settings, curtain: "always" }, site)).toBe("always");
});

test("settings that cannot be read are ignored", () => {
  const fresh = loadSettings(memoryStore());
  for (const broken of ['{"check":fal', "null", "[]", "7", '{"check":"no","camera":5,"curtain":"blue"}']) {
    const store = memoryStore();
    store.setItem("zufall.settings", broken);
    expect(loadSettings(store)).toEqual(fresh);
  }
});

test("an answer that is not from the gateway is neither used nor stored", async () => {
  const store = memoryStore();
  await fetchSite(store, answering({ curtain: "auto", name: "Chance" }));
  for (const said of ["<html>Please log in</html>", "null", "[]", ""]) {
    const login = (async () => ({ ok: true, text: async () => said })) as unknown as typeof fetch;
    expect(await fetchSite(store, login)).toBeUndefined();
  }
  expect(storedSite(store)).toMatchObject({ curtain: "auto", name: "Chance" });
});

test("a stored configuration that is something else is ignored", async () => {
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

test("without a connection the stored configuration is used", async () => {
  const store = memoryStore();
  expect(storedSite(store).curtain).toBe("always");
  const said = await fetchSite(store, answering({ curtain: "auto", relay: true }));
  expect(await fetchSite(store, silent)).toBeUndefined();
  expect(storedSite(store)).toEqual(said);
  expect(said).toMatchObject({ curtain: "auto", relay: true, name: "Zufall" });
  expect(await fetchSite(store, answering({ curtain: "off" }, false))).toBeUndefined();
  expect(storedSite(store)).toMatchObject({ curtain: "auto" });
});
