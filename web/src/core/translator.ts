// The texts of a page in one language. Decisions choose keys; the language is given from outside.

/** The keys that have a text for each plural form: `…_one`, `…_other`, and what else the language needs. */
export type PluralKey<Key extends string> = {
  [K in Key]: K extends `${infer Stem}_one` ? (`${Stem}_other` extends Key ? Stem : never) : never;
}[Key];

export interface Translator<Key extends string> {
  readonly locale: string;
  /** The name of this site, which texts contain as `{site}`. */
  readonly site: string;
  /** The text of `key`, with `{name}` replaced by `values.name`. */
  text(key: Key, values?: Record<string, string | number>): string;
  /** The text of `key_one`, `key_few`, … or `key_other`, by the plural rule of the language. */
  count(key: PluralKey<Key>, count: number): string;
  /** The name of a language, or the tag itself if nothing knows it. */
  language(tag: string): string;
  /** The name of a country, or the code itself if nothing knows it. */
  country(code: string): string;
}
