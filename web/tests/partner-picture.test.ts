import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { lifted, observe, type PartnerPicture, UNSEEN } from "../src/core/partner-picture";
import { isBlack, PartnerPictureWatch } from "../src/partner-picture-watch";
import { inCall, reach } from "./calls";

/** Looks once a second at pictures of these sizes. A negative size is a black picture. */
function seen(...sizes: number[]): PartnerPicture {
  return sizes.reduce(
    (before, size, second) => observe(before, Math.abs(size), size < 0, second * 1000),
    UNSEEN,
  );
}

describe("a stranger's picture", () => {
  test.each([
    [[], false],
    [[0], false],
    [[40], false],
    [[64], false],
    [[-1280], false],
    [[-40, -40, -640], false],
    [[96], true],
    [[640], true],
    [[640, 64], false],
    [[640, -640], true],
    [[640, -640, -640, -640, -640], false],
    [[640, -64], false],
    [[640, -640, -640, -640, -640, 640], true],
  ])("of the sizes %j may see mine: %s", (sizes, visible) => {
    expect(seen(...sizes).visible).toBe(visible);
  });

  test.each([
    [[640, -640, -640, -640], undefined],
    [[640, -640, -640, -640, -640], "black"],
    [[64, 64, 64, 64], "coarse"],
    [[64, 64, 64, 96], undefined],
    [[96, 96, 96, 96], "preview"],
    [[96, 96, 96, 96, 640], undefined],
  ])("of the sizes %j has a lasting fault: %s", (sizes, told) => {
    expect(seen(...sizes).told).toBe(told);
  });

  test("two pages that begin with previews do not wait for each other", () => {
    expect([seen(40, 96).visible, seen(40, 96, 1280).visible]).toEqual([true, true]);
  });

  test("when both cameras were off, one that is turned on lets both be seen", () => {
    const [on, off] = [seen(-96), seen(96)];
    expect([on.visible, off.visible]).toEqual([false, true]);
  });
});

test("a picture is black despite compression artefacts, but not with any light", () => {
  expect(isBlack([0, 0, 0, 255, 16, 20, 23, 255])).toBe(true);
  expect(isBlack([0, 0, 0, 255, 16, 20, 24, 255])).toBe(false);
});

test("a picture that had to be coarse behind the curtain is no fault until it stays so in front of it", () => {
  const behind = seen(40, 40, 40, 40, 40);
  expect(behind.told).toBe("coarse");
  const open = lifted(behind, 4_500);
  expect(observe(open, 40, false, 5_000).told).toBeUndefined();
  expect(observe(open, 40, false, 7_500).told).toBe("coarse");
  expect(lifted(seen(-40, -40, -40, -40), 4_000).told, "a camera that is off is one all the time").toBe(
    "black",
  );
});

describe("the watch", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function build() {
    const still: string[] = [];
    const page = { longest: 0, shade: 200, arrives: true, changes: 0, still };
    const getImageData = () => ({ data: [page.shade, page.shade, page.shade, 255] });
    const brush = { clearRect: () => {}, drawImage: () => {}, getImageData };
    vi.stubGlobal("document", { createElement: () => ({ getContext: () => brush }) });
    const watch = new PartnerPictureWatch({
      video: {
        // As in Firefox, which does not count the frames of a stream.
        getVideoPlaybackQuality: () => ({ totalVideoFrames: 0 }),
        requestVideoFrameCallback: (seen: () => void) => {
          if (page.arrives) setTimeout(seen, 40);
        },
      } as unknown as HTMLVideoElement,
      longest: () => page.longest,
      onChange: () => page.changes++,
      onStill: (pass) => page.still.push(pass),
    });
    return { page, watch, call: reach(...inCall)[0] };
  }

  test("looks at once when the size changes, and then once a second", async () => {
    const { page, watch, call } = build();
    watch.update(call);
    expect(watch.picture.visible).toBe(false);
    page.longest = 640;
    watch.update(call);
    expect([watch.picture.visible, page.changes]).toEqual([true, 0]);
    page.shade = 0;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([watch.picture.visible, watch.picture.told, page.changes]).toEqual([false, "black", 1]);
    page.shade = 200;
    await vi.advanceTimersByTimeAsync(1_000);
    expect([watch.picture.visible, watch.picture.told, page.changes]).toEqual([true, undefined, 2]);
  });

  test("knows nothing about the next stranger, and stops after the call", async () => {
    const { page, watch, call } = build();
    page.longest = 640;
    watch.update(call);
    page.longest = 0;
    watch.update({ ...call, conversation: undefined });
    expect(watch.picture.visible).toBe(false);
    page.longest = 640;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([watch.picture.visible, page.changes]).toEqual([false, 0]);
  });

  test("tells of a picture that never changed when the match is over, once", async () => {
    const { page, watch, call } = build();
    page.longest = 640;
    watch.update(call);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(page.still).toEqual([]);
    watch.update({ ...call, conversation: undefined });
    await vi.advanceTimersByTimeAsync(20_000);
    watch.update({ ...call, conversation: undefined });
    expect(page.still).toEqual([call.conversation?.pass]);
  });

  test.each<[string, (page: { shade: number; arrives: boolean; longest: number }) => void]>([
    ["changes", (page) => (page.shade += 3)],
    ["hangs, because no frames arrive", (page) => (page.arrives = false)],
    ["is that of a camera that is off", (page) => (page.shade = 0)],
    ["is one behind the curtain", (page) => (page.longest = 40)],
    ["is a preview", (page) => (page.longest = 96)],
  ])("does not tell of a picture that %s", async (_, change) => {
    const { page, watch, call } = build();
    page.longest = 640;
    watch.update(call);
    await vi.advanceTimersByTimeAsync(8_000);
    change(page);
    await vi.advanceTimersByTimeAsync(60_000);
    watch.update({ ...call, conversation: undefined });
    expect(page.still).toEqual([]);
  });
});
