// The operator's name, logo, colours and links. None of them is markup.

import type { Site } from "../site/site";
import { byId } from "./dom";

export function brand({ name, logo, colours }: Site): void {
  for (const [property, colour] of Object.entries(colours)) {
    document.documentElement.style.setProperty(`--${property}`, colour);
  }
  for (const element of document.querySelectorAll("[data-site]")) element.textContent = name;
  if (logo) show(logo);
}

/** Replaces every mark and the icon of the tab by the logo. */
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

/** `elsewhere` tells screen readers that a link opens a new tab. */
export function showLinks({ links, status }: Pick<Site, "links" | "status">, elsewhere: string): void {
  byId("status-link").hidden = !status;
  for (const place of document.querySelectorAll<HTMLElement>("[data-links]")) {
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
