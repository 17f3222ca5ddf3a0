// Where my own picture is on the stage: in one of four corners, and over nothing else. Pure. Lengths are in pixels.

export const CORNERS = ["top_start", "top_end", "bottom_end", "bottom_start"] as const;
/** Start is left where one reads from left to right. */
export type Corner = (typeof CORNERS)[number];

export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

export type Size = Pick<Area, "width" | "height">;
export type Point = Pick<Area, "left" | "top">;

/** The distance to the edges and to everything else. */
const GAP = 12;

export function isCorner(value: unknown): value is Corner {
  return (CORNERS as readonly unknown[]).includes(value);
}

/** Returns the next corner, clockwise where one reads from left to right. */
export function nextCorner(corner: Corner): Corner {
  return CORNERS[(CORNERS.indexOf(corner) + 1) % CORNERS.length] as Corner;
}

/** Returns the corner to which an arrow key leads, or undefined for another key. */
export function cornerByKey(corner: Corner, key: string, rightToLeft: boolean): Corner | undefined {
  const [row, side] = corner.split("_") as ["top" | "bottom", "start" | "end"];
  if (key === "ArrowUp") return `top_${side}`;
  if (key === "ArrowDown") return `bottom_${side}`;
  if (key === "ArrowLeft") return `${row}_${rightToLeft ? "end" : "start"}`;
  if (key === "ArrowRight") return `${row}_${rightToLeft ? "start" : "end"}`;
  return undefined;
}

/** Returns the corner that is nearest to this place on the stage. */
export function nearestCorner(place: Point, stage: Size, rightToLeft: boolean): Corner {
  const row = place.top < stage.height / 2 ? "top" : "bottom";
  const left = place.left < stage.width / 2;
  return `${row}_${left === rightToLeft ? "end" : "start"}`;
}

/**
 * Returns where a picture of this size is in the corner. What is taken there moves it up or down. Undefined means that
 * there is no room for it on this side.
 */
export function placeIn(
  corner: Corner,
  size: Size,
  stage: Size,
  taken: readonly Area[],
  rightToLeft: boolean,
): Point | undefined {
  const [row, side] = corner.split("_");
  const left = (side === "start") === rightToLeft ? stage.width - size.width - GAP : GAP;
  const below = row === "top";
  let top = below ? GAP : stage.height - size.height - GAP;
  for (;;) {
    const hit = taken.find((area) => overlap({ left, top, ...size }, area));
    if (top < GAP || top > stage.height - size.height - GAP) return undefined;
    if (!hit) return { left, top };
    top = below ? hit.top + hit.height + GAP : hit.top - size.height - GAP;
  }
}

function overlap(one: Area, other: Area): boolean {
  const across = one.left < other.left + other.width + GAP && other.left < one.left + one.width + GAP;
  const down = one.top < other.top + other.height + GAP && other.top < one.top + one.height + GAP;
  return across && down;
}
