// The part of Node's file system that the build uses. Node's own types would change those of the page.

declare module "node:fs/promises" {
  export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
}
