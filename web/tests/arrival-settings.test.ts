import { describe, expect, test } from "vitest";
import { ArrivalStore } from "../src/arrival/arrival-store";
import { callsFor, FRESH_ARRIVAL, parseArrival, type When } from "../src/core/arrival";
import { memoryStore } from "./helpers";

describe("whoever is called when somebody comes", () => {
  test.each<[When, boolean, boolean]>([
    ["off", false, false],
    ["off", true, false],
    ["elsewhere", false, false],
    ["elsewhere", true, true],
    ["always", false, true],
    ["always", true, true],
  ])("with the sound %s, elsewhere: %s, hears it: %s", (sound, elsewhere, heard) => {
    expect(callsFor({ ...FRESH_ARRIVAL, sound }, elsewhere).sound).toBe(heard);
  });

  test("gets a notification only if it was chosen, and only elsewhere", () => {
    const notify = { ...FRESH_ARRIVAL, notify: true };
    expect([callsFor(notify, true).notification, callsFor(notify, false).notification]).toEqual([
      true,
      false,
    ]);
    expect(callsFor(FRESH_ARRIVAL, true).notification).toBe(false);
  });
});

test("what is chosen is kept, and each choice alone", () => {
  const store = memoryStore();
  new ArrivalStore(store).change({ sound: "always" });
  new ArrivalStore(store).change({ notify: true });
  expect(new ArrivalStore(store).settings).toEqual({ sound: "always", notify: true, offered: false });
});

test.each<[string, string]>([
  ["nothing", ""],
  ["no JSON", "{"],
  ["a list", '[{"sound":"off"}]'],
  ["another sound", '{"sound":"loud"}'],
  ["other kinds", '{"sound":1,"notify":"yes","offered":{}}'],
])("%s in the storage is as good as nothing", (_, stored) => {
  const store = memoryStore();
  store.setItem("zufall.arrival", stored);
  expect(new ArrivalStore(store).settings).toEqual(FRESH_ARRIVAL);
  expect(parseArrival(undefined)).toEqual(FRESH_ARRIVAL);
});
