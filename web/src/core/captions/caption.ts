// One line of captions, as it goes from page to page: what a stranger said, or a part of it. Pure.

import { cleanText } from "../text/plain-text";

/** The longest caption that is sent or shown, in UTF-16 code units. Of a longer one, the end counts. */
export const LONGEST_CAPTION = 300;
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}$/i;

export interface Caption {
  /** Lines are numbered from 1. A later form of a line has the same number. */
  n: number;
  text: string;
  /** It does not change any more. */
  final: boolean;
  /** BCP 47, if it is known. */
  language?: string;
}

/** Returns the end of a text that is too long, without half an emoji. */
export function endOf(text: string): string {
  return text.slice(-LONGEST_CAPTION).toWellFormed().trim();
}

/** Returns undefined for anything else that a stranger's page may send. */
export function parseCaption({ n, text, final, language }: Record<string, unknown>): Caption | undefined {
  if (!Number.isSafeInteger(n) || (n as number) < 1) return undefined;
  if (typeof text !== "string" || typeof final !== "boolean") return undefined;
  const clean = cleanText(endOf(text)).replaceAll(/\s+/g, " ").trim();
  if (!clean) return undefined;
  const known = typeof language === "string" && LANGUAGE.test(language) ? { language } : {};
  return { n: n as number, text: clean, final, ...known };
}
