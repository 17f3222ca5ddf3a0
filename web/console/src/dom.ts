// Builds elements. Strings become text nodes only: no function here takes markup or an event handler as a string.

import { splitHidden, type TextPart } from "./text";

export type Child = Node | string | undefined | false;
type Name =
  | "class" | "id" | "type" | "for" | "name" | "href" | "src" | "alt" | "value" | "scope" | "role" | "title"
  | "rows" | "min" | "max" | "minlength" | "maxlength" | "autocomplete" | "inputmode" | "pattern" | "tabindex"
  | "dir" | "datetime" | "spellcheck" | "autocapitalize" | "readonly" | "required" | "checked" | "hidden" | "open"
  | "download" | "target" | "colspan"
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
  tag: "svg" | "g" | "rect" | "text" | "title",
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

export function timeElement(moment: number, text: string): HTMLTimeElement {
  const whole = new Date(moment);
  return h("time", { datetime: whole.toISOString(), title: whole.toLocaleString("en-GB") }, text);
}

/** Builds a table with a row header in the first column. A wide table scrolls in its own box. */
export function table(label: string, heads: string[], rows: Child[][]): HTMLElement {
  const row = (cells: Child[]) =>
    h("tr", {}, ...cells.map((cell, index) => (index ? h("td", {}, cell) : h("th", { scope: "row" }, cell))));
  const head = h("tr", {}, ...heads.map((text) => h("th", { scope: "col" }, text)));
  const made = h("table", {}, h("thead", {}, head), h("tbody", {}, ...rows.map(row)));
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
