// As much of the page's words as decisions need: which ones, and in which order; a language is given from outside.

export interface Words<Key extends string> {
  readonly locale: string;
  text(key: Key, values?: Record<string, string | number>): string;
  /** The name of a language. */
  language(tag: string): string;
}
