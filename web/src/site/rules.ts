// The operator's rules as plain text. A line is a paragraph, or a list item after "- ".

export interface Block {
  list: boolean;
  lines: string[];
}

/**
 * Returns the lines in the best language for this visitor. The text without a language comes before languages
 * that the visitor likes less than that of the page.
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

/** Groups lines into paragraphs and lists. */
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
