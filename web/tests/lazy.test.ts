import { expect, test, vi } from "vitest";
import { Lazy } from "../src/lazy";

function build(...outcomes: (string | Error)[]) {
  const told: string[] = [];
  const load = vi.fn(async () => {
    const outcome = outcomes.shift();
    if (outcome instanceof Error) throw outcome;
    return outcome as string;
  });
  const late = new Lazy({
    load,
    onLoaded: () => told.push("loaded"),
    onFailed: ({ message }) => told.push(message),
  });
  return { late, load, told };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a part is loaded once, when it is first needed", async () => {
  const { late, load, told } = build("part");
  expect(load).not.toHaveBeenCalled();
  late.load();
  late.load();
  expect(late.value).toBeUndefined();
  await settled();
  late.load();
  expect([late.value, load.mock.calls.length, told]).toEqual(["part", 1, ["loaded"]]);
});

test("a failed part is loaded again only after permission", async () => {
  const { late, load, told } = build(new Error("no network"), "part");
  late.load();
  late.allowRetry();
  late.load();
  await settled();
  late.load();
  expect([load.mock.calls.length, told]).toEqual([1, ["no network"]]);
  late.allowRetry();
  late.load();
  await settled();
  late.allowRetry();
  late.load();
  expect([late.value, load.mock.calls.length, told]).toEqual(["part", 2, ["no network", "loaded"]]);
});
