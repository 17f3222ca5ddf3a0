// `vite.segmenter.ts` generates this module.
declare module "virtual:segmenter" {
  export const plan: import("./network-plan").Plan;
  /** The address of the numbers. */
  export const url: string;
}
