/** Returns the name of the pool whose page this is, from its path. */
export function poolName(path: string): string | undefined {
  return /^\/p\/([a-z0-9-]{1,32})$/.exec(path)?.[1];
}
