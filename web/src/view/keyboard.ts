// Keeps the field and the buttons of a call above an on-screen keyboard that lies over the page, as on an iPhone.
// Other browsers make the page smaller (`interactive-widget`), and need nothing of this.

import "../style/keyboard.css";

/** The part of `VisualViewport` that is needed here: what can be seen of the page, in pixels. */
export interface Visible extends EventTarget {
  readonly height: number;
  readonly offsetTop: number;
  readonly scale: number;
}

/** The part of the root element that is needed here. Its height is that of the page's layout. */
export interface Root {
  readonly clientHeight: number;
  readonly dataset: DOMStringMap;
  readonly style: Pick<CSSStyleDeclaration, "setProperty">;
}

/** A keyboard covers more pixels than this, and a scrollbar fewer. */
const LEAST = 40;

/** Tells the style sheet where the visible part of the page is while a keyboard covers the rest. */
export function watchKeyboard(
  visible: Visible | null = window.visualViewport,
  root: Root = document.documentElement,
): void {
  const place = () => {
    if (visible && covers(visible, root)) {
      root.style.setProperty("--visible-top", `${visible.offsetTop}px`);
      root.style.setProperty("--visible-height", `${visible.height}px`);
      root.dataset.keyboard = "over";
    } else delete root.dataset.keyboard;
  };
  // The visible part may move without another size.
  for (const type of ["resize", "scroll"]) visible?.addEventListener(type, place);
  place();
}

/** A page that is enlarged by two fingers also shows a part of itself only. */
function covers({ height, scale }: Visible, { clientHeight }: Root): boolean {
  return scale === 1 && clientHeight - height > LEAST;
}
