// `vite.model.ts` generates this module.
declare module "virtual:model" {
  export const model: import("./model").Model;
  /** The address of the weights. */
  export const url: string;
}
