// Writes the English rules into the page, from the texts of its script, so that they are read before that has come.

import type { Plugin } from "vite";
import { en } from "./src/language/locales/en.ts";

const TEXTS: Readonly<Record<string, string>> = en;
const EMPTY = /(<(\w+)[^>]* data-text="((?:consent|rule)_\w+)"[^>]*>)(?=<\/\2>)/g;

/** Returns the page with the texts of the rules and of the consent to them. */
export function inEnglish(html: string): string {
  return html.replace(EMPTY, (tag: string, _, __, key: string) => tag + escaped(TEXTS[key] ?? ""));
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

export const english: Plugin = { name: "english", transformIndexHtml: { order: "pre", handler: inEnglish } };
