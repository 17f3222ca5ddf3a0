// What the page needs only once it runs: nobody waits for it.

export { registerWorker } from "./register-worker";
export { deleteOldVisitors } from "./signaling/old-visitors";
export { renewInTime } from "./signaling/token-renewal";
export { keepReceipt } from "./thanks/report-receipts";
export { thankReporter } from "./thanks/report-thanks";
