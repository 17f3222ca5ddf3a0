// The port to what looks at pictures, and the worker behind it: a picture goes in, how indecent it is comes out.

/** `score`: from 0, surely decent, to 1. `cost`: milliseconds that it took. */
export interface Look {
  score: number;
  cost: number;
}

export interface Classifier {
  /** Milliseconds that a look costs on this device, as its start has measured. */
  readonly cost: number;
  /** Takes the picture over. */
  look(picture: ImageBitmap): Promise<Look>;
  close(): void;
}

/** All that the worker is told: a picture of 224 by 224 pixels, which is transferred. */
export type ToWorker = { picture: ImageBitmap };

/** First `ready` or `failed`, then one `look` for each picture, in their order. */
export type FromWorker =
  | { type: "ready"; backend: string; cost: number }
  | { type: "look"; look: Look }
  | { type: "failed"; why: string };

/** Resolves when the worker is ready to look, and rejects if it cannot. */
export function startClassifier(): Promise<Classifier> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
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
  /** Why no picture that it is given will ever be answered. */
  private dead: string | undefined;
  private readonly waiting: { resolve: (look: Look) => void; reject: (error: Error) => void }[] = [];

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

  async look(picture: ImageBitmap): Promise<Look> {
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
