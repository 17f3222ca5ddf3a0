import { describe, expect, test } from "vitest";
import { settle } from "./helpers";
import { build, clear, coarse, type Side, talk, withoutABrowser } from "./peers";

withoutABrowser();

describe("my picture", () => {
  const sentAs = ({ connection }: Side) => connection.senders.find(({ track }) => track?.kind === "video");

  test("has its shape from the first one on", async () => {
    const side = build(false, { encoding: coarse });
    await settle();
    expect(sentAs(side)?.encodings).toEqual([
      { active: true, scaleResolutionDownBy: 16, maxBitrate: 30_000, maxFramerate: 5 },
    ]);
  });

  test("takes the last of several shapes", async () => {
    const side = build(false, { encoding: coarse });
    for (const shape of [clear, coarse, clear]) side.peer.setEncoding(shape);
    await settle();
    expect(sentAs(side)?.encodings).toMatchObject([{ scaleResolutionDownBy: 1, maxBitrate: 1_000_000 }]);
  });

  test("has its shape also where an agreement came between", async () => {
    const side = build(false, { encoding: coarse });
    await settle();
    Object.assign(sentAs(side) ?? {}, { disturbances: 2 });
    side.peer.setEncoding(clear);
    await settle();
    expect(sentAs(side)?.encodings).toMatchObject([{ scaleResolutionDownBy: 1 }]);
  });

  test("has a shape that was chosen before there was an offer", async () => {
    const [one, other] = [build(true), build(false)];
    one.peer.setEncoding(coarse);
    await talk(one, other);
    expect(sentAs(one)?.encodings).toMatchObject([{ scaleResolutionDownBy: 16 }]);
  });

  test("is paused and comes back, and moves before it is sharp, as its shape says", async () => {
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

  test("comes from another camera without a new negotiation", async () => {
    const [one, other] = [build(true), build(false)];
    await talk(one, other);
    await one.peer.replace({ kind: "video", id: "back" } as unknown as MediaStreamTrack);
    await settle();
    expect(sentAs(one)?.track).toMatchObject({ id: "back" });
    expect(one.sent).toEqual([]);
  });
});
