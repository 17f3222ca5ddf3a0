// The icons of the buttons on my own picture. They are loaded with it.

const SPACE = "http://www.w3.org/2000/svg";

const EYE =
  "M12 5c5 0 9 4.5 10 7-1 2.5-5 7-10 7S3 14.5 2 12c1-2.5 5-7 10-7zm0 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0 2a2 2 0 1 1 0 4 2 2 0 0 1 0-4z";
const STRIKE = "M4.2 2.8L21.2 19.8 19.8 21.2 2.8 4.2z";
const ARROWS = "M12 1l4 4h-2.7v5.7H19V8l4 4-4 4v-2.7h-5.7V19H16l-4 4-4-4h2.7v-5.7H5V16l-4-4 4-4v2.7h5.7V5H8z";

const PATHS = { show: [EYE], hide: [EYE, STRIKE], move: [ARROWS] } as const;

export function icon(name: keyof typeof PATHS): SVGElement {
  const made = document.createElementNS(SPACE, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  for (const shape of PATHS[name]) {
    const path = document.createElementNS(SPACE, "path");
    path.setAttribute("d", shape);
    path.setAttribute("fill-rule", "evenodd");
    made.append(path);
  }
  return made;
}
