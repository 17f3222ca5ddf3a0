import { describe, expect, test } from "vitest";
import { settle } from "./helpers";
import { build, clear, coarse, type Side, talk, withoutABrowser } from "./peers";

withoutABrowser();

describe("my picture", () => {
  const sentAs = ({ connection }: Side) => connection.senders.find(({ track }) => track?.kind === "video");

  test("has its encoding from the first frame on", async () => {
    const side = build(false, { encoding: coarse });
    await settle();
    expect(sentAs(side)?.encodings).toEqual([
      { active: true, scaleResolutionDownBy: 16, maxBitrate: 30_000, maxFramerate: 5 },
    ]);
  });

  test("has the last of several encodings", async () => {
    const side = build(false, { encoding: coarse });
    for (const shape of [clear, coarse, clear]) side.peer.setEncoding(shape);
    await settle();
    expect(sentAs(side)?.encodings).toMatchObject([{ scaleResolutionDownBy: 1, maxBitrate: 1_000_000 }]);
  });

  test("has its encoding even with a negotiation in between", async () => {
    const side = build(false, { encoding: coarse });
    await settle();
    Object.assign(sentAs(side) ?? {}, { disturbances: 2 });
    side.peer.setEncoding(clear);
    await settle();
    expect(sentAs(side)?.encodings).toMatchObject([{ scaleResolutionDownBy: 1 }]);
  });

  test("has an encoding that was set before the offer", async () => {
    const [one, other] = [build(true), build(false)];
    one.peer.setEncoding(coarse);
    await talk(one, other);
    expect(sentAs(one)?.encodings).toMatchObject([{ scaleResolutionDownBy: 16 }]);
  });

  test("is paused, comes back, and prefers motion, as its encoding says", async () => {
    const side = build(false, { encoding: { ...clear, paused: true } });
    await settle();
    expect(sentAs(side)?.encodings).toMatchObject([{ active: false }]);
    side.peer.setEncoding({ ...clear, motion: true });
    await settle();
    expect(sentAs(side)?.encodings).toMatchObject([{ active: true }]);
    expect(sentAs(side)?.degradationPreference).toBe("maintain-framerate");
    side.peer.setEncoding(clear);
    await settle();
    expect(sentAs(side)?.degradationPreference).toBeUndefined();
  });

  test("can come from another camera without a new negotiation", async () => {
    const [one, other] = [build(true), build(false)];
    await talk(one, other);
    await one.peer.replace({ kind: "video", id: "back" } as unknown as MediaStreamTrack);
    await settle();
    expect(sentAs(one)?.track).toMatchObject({ id: "back" });
    expect(one.sent).toEqual([]);
  });
});
