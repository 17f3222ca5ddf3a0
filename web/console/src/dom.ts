// Builds elements. Strings become text nodes only: no function here takes markup or an event handler as a string.

import { formatTime, formatUtc } from "./format-time";
import { splitHidden, type TextPart } from "./text";

export type Child = Node | string | undefined | false;
type Name =
  | "class" | "id" | "type" | "for" | "name" | "href" | "src" | "alt" | "value" | "scope" | "role" | "title"
  | "rows" | "min" | "max" | "minlength" | "maxlength" | "autocomplete" | "inputmode" | "pattern" | "tabindex"
  | "dir" | "datetime" | "spellcheck" | "autocapitalize" | "readonly" | "required" | "checked" | "hidden" | "open"
  | "download" | "target" | "colspan" | "draggable"
  | `data-${string}` | `aria-${string}`; // biome-ignore format: a list of names
export type Attributes = Partial<Record<Name, string | number | boolean | undefined>>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
export function svg(
  tag: "svg" | "g" | "rect" | "polyline" | "text" | "title",
  attributes: Record<string, string | number>,
  ...children: Child[]
): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children.filter((child) => child !== undefined && child !== false));
  return made;
}

/** Sets attributes. False and undefined remove an attribute; true sets it to the empty string. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Shows a stranger's text within a line, isolated from what surrounds it, with hidden characters named. */
export function untrustedText(text: string): HTMLElement {
  return h("bdi", { class: "written" }, ...withHiddenNamed(text));
}

/** Shows a stranger's text as a block. */
export function untrustedQuote(text: string): HTMLElement {
  return h("blockquote", { class: "written", dir: "auto" }, ...withHiddenNamed(text));
}

/** Shows the start of an id; the title has the whole id. */
export function shortId(id: string): HTMLElement {
  const short = id.length > 12 ? `${id.slice(0, 8)}…` : id;
  const element = untrustedText(short);
  element.classList.add("id");
  element.title = splitHidden(id)
    .map(({ text }) => text)
    .join("");
  return element;
}

function withHiddenNamed(text: string): (Node | string)[] {
  return splitHidden(text).map((piece: TextPart) =>
    piece.hidden ? h("span", { class: "hidden-character" }, piece.text) : piece.text,
  );
}

/** Shows `text` for a moment. The title has the moment in the browser's time zone and in UTC. */
export function timeElement(moment: number, text: string): HTMLTimeElement {
  const title = `${formatTime(moment)} · ${formatUtc(moment)}`;
  return h("time", { datetime: new Date(moment).toISOString(), title }, text);
}

/**
 * Builds a table with a row header in the first column. A wide table scrolls in its own box. Where the style sheet
 * makes cards of the rows, each cell says its heading, and the roles keep it a table for screen readers.
 */
export function table(label: string, heads: string[], rows: Child[][]): HTMLElement {
  const cell = (content: Child, column: number) =>
    column
      ? h("td", { role: "cell", "data-head": heads[column] }, content)
      : h("th", { role: "rowheader", scope: "row" }, content);
  const row = (cells: Child[]) => h("tr", { role: "row" }, ...cells.map(cell));
  const columns = heads.map((text) => h("th", { role: "columnheader", scope: "col" }, text));
  const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...columns));
  const made = h("table", { role: "table" }, head, h("tbody", { role: "rowgroup" }, ...rows.map(row)));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, made);
}

let fields = 0;
/** Builds a label with `control` below it. */
export function field(
  label: string,
  control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
): HTMLElement {
  fields += 1;
  control.id ||= `field-${fields}`;
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control);
}

export function select(
  name: string,
  values: readonly string[],
  chosen: string,
  say: (value: string) => string,
): HTMLSelectElement {
  const made = h("select", { name }, ...values.map((value) => h("option", { value }, say(value))));
  made.value = chosen;
  return made;
}
