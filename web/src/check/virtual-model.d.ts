// Made by `vite.model.ts`.
declare module "virtual:model" {
  export const model: import("./model").Model;
  /** Of the bytes of its weights. */
  export const url: string;
}
