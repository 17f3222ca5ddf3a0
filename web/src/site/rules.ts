// The operator's own rules: plain text, of which a line is a paragraph, or an item of a list behind "- ".

export interface Block {
  list: boolean;
  lines: string[];
}

/**
 * The lines for who prefers these languages and reads the page in `locale`. The text without a language is for
 * everybody who has no better one, so it comes before those in languages that they would like less than the page's.
 */
export function linesFor(
  texts: Record<string, string[]>,
  preferred: readonly string[],
  locale: string,
): { language: string; lines: string[] } {
  const bases = [...preferred.map((tag) => tag.split("-")[0]?.toLowerCase() ?? ""), locale];
  const ahead = bases.slice(0, bases.indexOf(locale) + 1);
  const language = ahead.find((base) => base !== "" && Object.hasOwn(texts, base)) ?? "";
  return { language, lines: texts[language] ?? [] };
}

/** Neighbouring items make one list. */
export function blocksOf(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const item = line.startsWith("- ");
    const last = blocks.at(-1);
    if (item && last?.list) last.lines.push(line.slice(2).trim());
    else blocks.push({ list: item, lines: [item ? line.slice(2).trim() : line] });
  }
  return blocks;
}
