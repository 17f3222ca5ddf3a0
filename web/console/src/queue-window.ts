// Computes which rows of a long list are in view, so that only these are in the document. Pure.

/** Rows above and below the view that are built as well, so that slow scrolling shows no gap. */
const MARGIN = 8;

export interface RowWindow {
  first: number;
  /** The first row that is not built any more. */
  end: number;
}

/** Returns the rows to build of `count`. `above` is how far, in pixels, the list begins above the view's top. */
export function rowsInView(above: number, viewHeight: number, rowHeight: number, count: number): RowWindow {
  const first = Math.floor(above / rowHeight) - MARGIN;
  const end = Math.ceil((above + viewHeight) / rowHeight) + MARGIN;
  return { first: clamp(first, count), end: clamp(end, count) };
}

/** Returns by how many pixels to scroll so that a row, which begins at `top` in the view, is in it as a whole. */
export function scrollToShow(top: number, rowHeight: number, viewTop: number, viewEnd: number): number {
  if (top < viewTop) return top - viewTop;
  return Math.max(0, top + rowHeight - viewEnd);
}

function clamp(row: number, count: number): number {
  return Math.min(count, Math.max(0, row));
}
