// Does the work that a gateway asks for before it gives a token. A worker does it, so the page stays quick.

import type { SolvedWork, WorkChallenge, WorkSolution } from "../http.generated";
import { ownScript } from "../own-script";
import script from "./work-worker?worker&url";

/** Work that takes longer than this is mentioned to the visitor. */
const SLOW_MS = 2_000;

/** What the worker answers. It is null when 90 s were not enough. */
type Answer = WorkSolution | { error: unknown } | null;

export class ProofOfWork {
  constructor(
    private readonly onSlow: () => void,
    private readonly start: () => Worker = startWorker,
  ) {}

  /** Returns the solved challenge. Rejects if the worker cannot load or does not finish. */
  async solve(challenge: WorkChallenge): Promise<SolvedWork> {
    const worker = this.start();
    const slow = setTimeout(this.onSlow, SLOW_MS);
    try {
      const { counter, derivedKey } = await solution(worker, challenge);
      return { challenge, solution: { counter, derivedKey } };
    } finally {
      clearTimeout(slow);
      worker.terminate();
    }
  }
}

function startWorker(): Worker {
  return new Worker(ownScript(script), { type: "module" });
}

function solution(worker: Worker, challenge: WorkChallenge): Promise<WorkSolution> {
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not load"));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data && "derivedKey" in data) resolve(data);
      else reject(new Error("the work was not done"));
    };
    worker.postMessage({ type: "work", challenge });
  });
}
