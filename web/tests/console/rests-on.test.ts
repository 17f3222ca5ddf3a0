import { describe, expect, test } from "vitest";
import type { Case, Report } from "../../console/src/api.generated";
import { knownLists } from "../../console/src/known-lists";
import { evidenceText, restsOnText } from "../../console/src/rests-on";

const frame = (known = "") => ({ known }) as Report["frames"][number];
const about = (rests_on: Case["rests_on"], ...frames: Report["frames"]) => ({
  rests_on,
  reports: [{ frames }],
});

describe("what a decision rests on", () => {
  test("leaves out pictures that nobody looked at, and says so", () => {
    const said = restsOnText(about(["reports", "chat"], frame()), false);
    expect(said).toBe(
      "It will say that it rests on: reports of people, the chat. You did not look at its pictures.",
    );
  });

  test("names pictures once one was shown, on this page or before", () => {
    const expected = "It will say that it rests on: reports of people, pictures.";
    expect(restsOnText(about(["reports"], frame()), true)).toBe(expected);
    expect(restsOnText(about(["reports", "pictures"], frame()), false)).toBe(expected);
  });

  test("does not speak of pictures where there are none", () => {
    expect(restsOnText(about(["flags"]), false)).toBe("It will say that it rests on: flags of browsers.");
    expect(restsOnText(about([]), false)).toBe("It will not say what it rests on.");
  });

  test("names evidence as it is said elsewhere", () => {
    expect(evidenceText(["reports", "pictures"])).toBe("reports of people, pictures");
  });
});

test("a list of known pictures is named once", () => {
  const reports = [{ frames: [frame("A"), frame()] }, { frames: [frame("B"), frame("A")] }];
  expect(knownLists(reports)).toEqual(["A", "B"]);
});
