// Prepares the HTML of the page: with the English rules, from the texts of the script, so that they are read before
// that has come, and without what browsers do not need.

import type { Plugin } from "vite";
import { en } from "./src/language/locales/en.ts";

const TEXTS: Readonly<Record<string, string>> = en;
const EMPTY = /(<(\w+)[^>]* data-text="((?:consent|rule)_\w+|page_language)"[^>]*>)(?=<\/\2>)/g;

/** Returns the page with the texts of the card with the rules, without comments and indentation. */
export function prepared(html: string): string {
  return html
    .replace(/<!--.*?-->/gs, "")
    .replace(/\n\s*/g, "\n")
    .replace(EMPTY, (tag: string, _, __, key: string) => tag + escaped(TEXTS[key] ?? ""));
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

export const html: Plugin = { name: "html", transformIndexHtml: { order: "pre", handler: prepared } };
