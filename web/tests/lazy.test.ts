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
    loaded: () => told.push("loaded"),
    failed: ({ message }) => told.push(message),
  });
  return { late, load, told };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a part is loaded once, when it is first needed", async () => {
  const { late, load, told } = build("part");
  expect(load).not.toHaveBeenCalled();
  late.want();
  late.want();
  expect(late.part).toBeUndefined();
  await settled();
  late.want();
  expect([late.part, load.mock.calls.length, told]).toEqual(["part", 1, ["loaded"]]);
});

test("what could not be loaded is tried again when that is said, and not before", async () => {
  const { late, load, told } = build(new Error("no network"), "part");
  late.want();
  late.again();
  late.want();
  await settled();
  late.want();
  expect([load.mock.calls.length, told]).toEqual([1, ["no network"]]);
  late.again();
  late.want();
  await settled();
  late.again();
  late.want();
  expect([late.part, load.mock.calls.length, told]).toEqual(["part", 2, ["no network", "loaded"]]);
});
