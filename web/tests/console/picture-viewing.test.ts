import { describe, expect, test } from "vitest";
import {
  activePane,
  columnsFor,
  FIRST_VEIL,
  fitted,
  MOST_ZOOM,
  panned,
  STRONGEST_BLUR,
  startViewing,
  stepped,
  transformOf,
  turned,
  type Veil,
  withActive,
  withBesideToggled,
  withBlur,
  withBlurToggled,
  withGreyToggled,
  withPicture,
  zoomed,
  zoomedBySteps,
} from "../../console/src/picture-viewing";

const MIDDLE = { x: 0, y: 0 };

describe("how pictures are hidden", () => {
  test("at first they are grey, and blurred as strongly as possible", () => {
    expect(FIRST_VEIL).toEqual({ blur: STRONGEST_BLUR, grey: true });
  });

  test("the blur goes down to none and up to the strongest, and no further", () => {
    let veil: Veil = FIRST_VEIL;
    const strengths = [-1, -1, -1, -1, 1, 1, 1, 1].map((step) => {
      veil = withBlur(veil, step);
      return veil.blur;
    });
    expect(strengths).toEqual([2, 1, 0, 0, 1, 2, 3, 3]);
  });

  test("one key takes any blur off, and makes it strong again", () => {
    expect(withBlurToggled({ blur: 2, grey: true })).toEqual({ blur: 0, grey: true });
    expect(withBlurToggled({ blur: 0, grey: false })).toEqual({ blur: STRONGEST_BLUR, grey: false });
    expect(withGreyToggled(FIRST_VEIL)).toEqual({ blur: STRONGEST_BLUR, grey: false });
  });
});

describe("which picture is shown", () => {
  test("steps stop at both ends", () => {
    const last = startViewing(2);
    expect(stepped(last, 1, 3)).toBe(last);
    expect(activePane(stepped(last, -1, 3)).picture).toBe(1);
    expect(activePane(stepped(startViewing(0), -1, 3)).picture).toBe(0);
  });

  test("another picture is fitted and upright", () => {
    const turnedLarge = turned(zoomedBySteps(startViewing(0), 3));
    expect(activePane(stepped(turnedLarge, 1, 3))).toEqual({ picture: 1, zoom: 1, x: 0, y: 0, turns: 0 });
    expect(withPicture(turnedLarge, 0)).toBe(turnedLarge);
  });

  test("the second pane shows the next picture, or the one before the last", () => {
    const pictures = (place: number) =>
      withBesideToggled(startViewing(place), 3).panes.map(({ picture }) => picture);
    expect([pictures(0), pictures(2)]).toEqual([
      [0, 1],
      [2, 1],
    ]);
  });

  test("a single picture has no other beside it", () => {
    expect(withBesideToggled(startViewing(0), 1).panes).toHaveLength(1);
  });

  test("keys act on the active pane only, and it stays when the other goes", () => {
    const two = withBesideToggled(startViewing(0), 5);
    expect(two.active).toBe(1);
    const stepping = stepped(two, 1, 5);
    expect(stepping.panes.map(({ picture }) => picture)).toEqual([0, 2]);
    const first = zoomedBySteps(withActive(stepping, 0), 1);
    expect(first.panes.map(({ zoom }) => zoom)).toEqual([1.25, 1]);
    expect(withBesideToggled(stepping, 5).panes.map(({ picture }) => picture)).toEqual([2]);
  });
});

describe("zoom", () => {
  test("it is at least fitted and at most eightfold", () => {
    const zooms = [-3, 100].map((steps) => activePane(zoomedBySteps(startViewing(0), steps)).zoom);
    expect(zooms).toEqual([1, MOST_ZOOM]);
  });

  test("what is under the pointer stays there", () => {
    const at = { x: 0.2, y: -0.1 };
    const { zoom, x, y } = activePane(zoomed(zoomed(startViewing(0), 2, at), 1.5, at));
    expect([(at.x - x) / zoom, (at.y - y) / zoom]).toEqual([
      expect.closeTo(0.2, 10),
      expect.closeTo(-0.1, 10),
    ]);
  });

  test("a fitted picture does not move, and a large one moves to its edge", () => {
    expect(activePane(panned(startViewing(0), 0.5, 0.5))).toMatchObject(MIDDLE);
    const moved = panned(zoomed(startViewing(0), 3, MIDDLE), 9, -9);
    expect(activePane(moved)).toMatchObject({ x: 1, y: -1 });
    expect(activePane(zoomed(moved, 0.01, MIDDLE))).toMatchObject({
      zoom: 1,
      x: expect.closeTo(0),
      y: expect.closeTo(0),
    });
  });

  test("fitting keeps the turn, and four turns are none", () => {
    const once = turned(zoomedBySteps(startViewing(0), 2));
    expect(activePane(fitted(once))).toEqual({ picture: 0, zoom: 1, x: 0, y: 0, turns: 1 });
    expect(activePane(turned(turned(turned(once)))).turns).toBe(0);
  });

  test("the transform shifts first, then zooms, then turns", () => {
    const pane = { picture: 0, zoom: 2, x: 0.25, y: -0.5, turns: 3 };
    expect(transformOf(pane)).toBe("translate(-50%, -50%) translate(25cqw, -50cqh) scale(2) rotate(270deg)");
  });
});

describe("columns of a case's pictures", () => {
  const portrait = { width: 360, height: 640 };
  const landscape = { width: 640, height: 480 };
  test.each([
    [1, [portrait]],
    [1, [landscape, landscape]],
    [2, [portrait, portrait]],
    [2, [portrait, portrait, landscape]],
    [2, [landscape, ...Array(3).fill(portrait)]],
    [3, Array(9).fill(portrait)],
    [4, Array(60).fill(portrait)],
    [1, []],
  ])("%d for %j", (columns, sizes) => {
    expect(columnsFor(sizes)).toBe(columns);
  });
});
