// Loads what a part of the page says in one language. Each part has a folder with one file per language.

/** The files of such a folder, as `import.meta.glob` finds them. Each exports its texts, and nothing else. */
export type LocaleFiles<Texts> = Record<string, () => Promise<Record<string, Texts>>>;

/** Loads what the file at `path` exports. No other file of the folder is fetched. */
export async function loadLocale<Texts>(files: LocaleFiles<Texts>, path: string): Promise<Texts> {
  const [texts] = Object.values((await files[path]?.()) ?? {});
  if (!texts) throw new Error(`no texts in ${path}`);
  return texts;
}
