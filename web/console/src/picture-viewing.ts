// Holds how pictures are looked at: which ones, how large, how they are turned, and how far they are hidden. Pure.

/** Hides pictures. It holds for all pictures, until the page is closed or reloaded. */
export interface Veil {
  /** The strength of the blur, from 0 (none) to `STRONGEST_BLUR`. */
  blur: number;
  grey: boolean;
}

export const STRONGEST_BLUR = 3;
export const FIRST_VEIL: Veil = { blur: STRONGEST_BLUR, grey: true };

/** Makes the blur stronger or weaker by `step`. */
export function withBlur(veil: Veil, step: number): Veil {
  return { ...veil, blur: within(0, veil.blur + step, STRONGEST_BLUR) };
}

/** Takes the blur off, or makes it strong again. */
export function withBlurToggled(veil: Veil): Veil {
  return { ...veil, blur: veil.blur === 0 ? STRONGEST_BLUR : 0 };
}

export function withGreyToggled(veil: Veil): Veil {
  return { ...veil, grey: !veil.grey };
}

/** One picture in the viewer. */
export interface Pane {
  /** The place of the picture in the case, from 0. */
  picture: number;
  /** 1 fits the picture into its pane. */
  zoom: number;
  /** The shift from the middle, as a part of the width and of the height of the pane. */
  x: number;
  y: number;
  /** Quarter turns clockwise, 0 to 3. */
  turns: number;
}

/** The viewer shows one pane, or two beside each other. Keys act on the active one. */
export interface Viewing {
  panes: readonly Pane[];
  active: number;
}

export const MOST_ZOOM = 8;
const ZOOM_STEP = 1.25;
const PAN_STEP = 0.1;

function paneOf(picture: number): Pane {
  return { picture, zoom: 1, x: 0, y: 0, turns: 0 };
}

export function startViewing(picture: number): Viewing {
  return { panes: [paneOf(picture)], active: 0 };
}

export function activePane({ panes, active }: Viewing): Pane {
  return panes[active] ?? paneOf(0);
}

/** Shows another picture in the active pane, fitted and upright. */
export function withPicture(viewing: Viewing, picture: number): Viewing {
  return activePane(viewing).picture === picture ? viewing : changed(viewing, () => paneOf(picture));
}

/** Goes to the next or previous of `count` pictures, and stops at the ends. */
export function stepped(viewing: Viewing, step: 1 | -1, count: number): Viewing {
  return withPicture(viewing, within(0, activePane(viewing).picture + step, count - 1));
}

/** Puts a second of `count` pictures beside the first, or leaves only the active one. */
export function withBesideToggled(viewing: Viewing, count: number): Viewing {
  const shown = activePane(viewing);
  if (viewing.panes.length > 1 || count < 2) return { panes: [shown], active: 0 };
  const other = shown.picture + 1 < count ? shown.picture + 1 : shown.picture - 1;
  return { panes: [shown, paneOf(other)], active: 1 };
}

/** Makes a pane the active one. */
export function withActive(viewing: Viewing, active: number): Viewing {
  return { ...viewing, active: within(0, active, viewing.panes.length - 1) };
}

/** Turns the active picture a quarter clockwise and fits it again. */
export function turned(viewing: Viewing): Viewing {
  return changed(viewing, ({ picture, turns }) => ({ ...paneOf(picture), turns: (turns + 1) % 4 }));
}

/** Zooms by whole steps around the middle of the pane. */
export function zoomedBySteps(viewing: Viewing, steps: number): Viewing {
  const { x, y } = activePane(viewing);
  return zoomed(viewing, ZOOM_STEP ** steps, { x, y });
}

/** Zooms by `factor`. What is at the point `at` stays there; {0, 0} is the middle of the pane. */
export function zoomed(viewing: Viewing, factor: number, at: { x: number; y: number }): Viewing {
  return changed(viewing, (pane) => {
    const zoom = within(1, pane.zoom * factor, MOST_ZOOM);
    const ratio = zoom / pane.zoom;
    const x = at.x - (at.x - pane.x) * ratio;
    const y = at.y - (at.y - pane.y) * ratio;
    return inReach({ ...pane, zoom, x, y });
  });
}

/** Fits the active picture into its pane again. It stays turned. */
export function fitted(viewing: Viewing): Viewing {
  return changed(viewing, (pane) => ({ ...paneOf(pane.picture), turns: pane.turns }));
}

/** Moves the active picture by parts of the size of the pane. */
export function panned(viewing: Viewing, right: number, down: number): Viewing {
  return changed(viewing, (pane) => inReach({ ...pane, x: pane.x + right, y: pane.y + down }));
}

export function pannedBySteps(viewing: Viewing, right: number, down: number): Viewing {
  return panned(viewing, right * PAN_STEP, down * PAN_STEP);
}

/** Keeps the pane filled: a picture that fits does not move, and an edge comes at most to the edge. */
function inReach(pane: Pane): Pane {
  const most = (pane.zoom - 1) / 2;
  return { ...pane, x: within(-most, pane.x, most), y: within(-most, pane.y, most) };
}

function changed(viewing: Viewing, change: (pane: Pane) => Pane): Viewing {
  const panes = viewing.panes.map((pane, place) => (place === viewing.active ? change(pane) : pane));
  return { ...viewing, panes };
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** Returns the CSS transform of a pane's picture, whose middle is in the middle of the pane. */
export function transformOf({ x, y, zoom, turns }: Pane): string {
  return `translate(-50%, -50%) translate(${x * 100}cqw, ${y * 100}cqh) scale(${zoom}) rotate(${turns * 90}deg)`;
}

const MOST_COLUMNS = 4;
/** The height that the pictures of a case may take, as a multiple of the width of their place. */
const ROOM = 1.8;
const GROWTH = 1.02;

/** Returns in how few columns the pictures fit into their place, and so how large each can be. */
export function columnsFor(sizes: readonly { width: number; height: number }[]): number {
  const shapes = sizes.map(({ width, height }) => height / width);
  for (let columns = 1; columns < MOST_COLUMNS; columns++) {
    if (columnHeight(columns, shapes) / columns <= ROOM) return columns;
  }
  return MOST_COLUMNS;
}

/** Returns the height of equally wide columns that hold all shapes in their order, in widths of a column. */
function columnHeight(columns: number, shapes: readonly number[]): number {
  const total = shapes.reduce((sum, shape) => sum + shape, 0);
  let height = Math.max(total / columns, ...shapes);
  while (columnsOf(height, shapes) > columns) height *= GROWTH;
  return height;
}

function columnsOf(height: number, shapes: readonly number[]): number {
  let columns = 1;
  let filled = 0;
  for (const shape of shapes) {
    if (filled + shape > height && filled > 0) {
      columns += 1;
      filled = 0;
    }
    filled += shape;
  }
  return columns;
}
