// Copies a conversation.

import type { Line } from "../core/call/state";
import { transcriptOf } from "../core/call/transcript";
import type { PageTranslator } from "../language/texts";
import { toast } from "./notifications";

/** Browsers give the clipboard only to secure pages. */
export function canCopy(): boolean {
  return navigator.clipboard !== undefined;
}

export async function copyLines(
  lines: readonly Pick<Line, "from" | "text">[],
  translator: PageTranslator,
): Promise<void> {
  try {
    await navigator.clipboard.writeText(transcriptOf(lines, translator));
    toast(translator.text("copied"));
  } catch (error) {
    console.info("The browser does not copy:", (error as Error).name);
    toast(translator.text("copy_failed"));
  }
}
