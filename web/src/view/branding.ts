// What the operator has put in place of ours: name, logo, colours and links. Nothing of it is markup.

import type { Site } from "../site/site";

export function brand({ name, logo, colours }: Site): void {
  for (const [property, colour] of Object.entries(colours)) {
    document.documentElement.style.setProperty(`--${property}`, colour);
  }
  for (const element of document.querySelectorAll("[data-site]")) element.textContent = name;
  if (logo) show(logo);
}

/** In place of every mark, and as the icon of the tab. The name beside it says what it is. */
function show(logo: string): void {
  for (const mark of document.querySelectorAll("svg.mark")) {
    const image = new Image();
    image.alt = "";
    image.className = mark.classList.contains("large") ? "logo large" : "logo";
    image.onerror = () => image.replaceWith(mark);
    image.src = logo;
    mark.replaceWith(image);
  }
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  icon?.removeAttribute("type");
  if (icon) icon.href = logo;
}

/** `elsewhere` says, to who cannot see it, that a link opens a tab of its own. */
export function showLinks(links: Site["links"], elsewhere: string): void {
  for (const place of document.querySelectorAll<HTMLElement>("nav.links")) {
    place.hidden = links.length === 0;
    place.replaceChildren(...links.map((link) => linkTo(link, elsewhere)));
  }
}

function linkTo({ text, url }: Site["links"][number], elsewhere: string): HTMLAnchorElement {
  const link = document.createElement("a");
  link.textContent = text;
  link.title = elsewhere;
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}
