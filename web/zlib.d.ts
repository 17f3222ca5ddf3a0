// The part of Node's zlib that the build uses. Node's own types would change those of the page.

declare module "node:zlib" {
  type Callback = (error: Error | null, result: Uint8Array<ArrayBuffer>) => void;
  export const constants: { readonly BROTLI_PARAM_SIZE_HINT: number };
  export function brotliCompress(
    bytes: Uint8Array,
    options: { params: Record<number, number> },
    done: Callback,
  ): void;
  export function gzip(bytes: Uint8Array, options: { level: number }, done: Callback): void;
}
