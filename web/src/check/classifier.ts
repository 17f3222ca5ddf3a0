// The port of the picture classifier, and its worker. It takes a picture and returns a nudity score.

import { ownScript } from "../own-script";
import script from "./worker?worker&url";

/** `score` is from 0 (certainly fine) to 1. `cost` is in milliseconds. */
export interface Classification {
  score: number;
  cost: number;
}

export interface Classifier {
  /** Milliseconds for one picture, measured at the start. */
  readonly cost: number;
  /** Classifies the picture and takes ownership of it. */
  classify(picture: ImageBitmap): Promise<Classification>;
  close(): void;
}

/** What the worker receives: a transferred picture of 224 by 224 pixels. */
export type ToWorker = { picture: ImageBitmap };

/** What the worker answers: first `ready` or `failed`, then one `look` for each picture, in order. */
export type FromWorker =
  | { type: "ready"; backend: string; cost: number }
  | { type: "look"; look: Classification }
  | { type: "failed"; why: string };

/** Resolves when the worker is ready, and rejects if it cannot start. */
export function startClassifier(): Promise<Classifier> {
  const worker = new Worker(ownScript(script), { type: "module" });
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      worker.terminate();
      reject(new Error(why));
    };
    worker.onerror = (event) => fail(event.message || "the worker did not load");
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "ready") resolve(new WorkerClassifier(worker, data.cost));
      else if (data.type === "failed") fail(data.why);
    };
  });
}

class WorkerClassifier implements Classifier {
  /** Why the worker will never answer again. */
  private dead: string | undefined;
  private readonly waiting: { resolve: (look: Classification) => void; reject: (error: Error) => void }[] =
    [];

  constructor(
    private readonly worker: Worker,
    readonly cost: number,
  ) {
    worker.onerror = (event) => this.die(event.message);
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "look") this.waiting.shift()?.resolve(data.look);
      else if (data.type === "failed") this.fail(data.why);
    };
  }

  async classify(picture: ImageBitmap): Promise<Classification> {
    if (this.dead !== undefined) throw new Error(this.dead);
    this.worker.postMessage({ picture } satisfies ToWorker, [picture]);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  close(): void {
    this.worker.terminate();
    this.die("closed");
  }

  private die(why: string): void {
    this.dead = why;
    this.fail(why);
  }

  private fail(why: string): void {
    for (const { reject } of this.waiting.splice(0)) reject(new Error(why));
  }
}
