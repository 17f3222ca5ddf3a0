// Web Locks as in the standard: one holder for each name, a queue, and stealing.

type Granted<Result> = () => Result | Promise<Result>;

interface Queue {
  holder?: (error: Error) => void;
  waiting: (() => void)[];
}

export class FakeLocks {
  readonly asked: string[] = [];
  private readonly queues = new Map<string, Queue>();

  request<Result>(name: string, how: LockOptions, granted: Granted<Result>): Promise<Result> {
    this.asked.push(name);
    const queue = this.queues.get(name) ?? { waiting: [] };
    this.queues.set(name, queue);
    return new Promise((resolve, reject) => {
      const take = () => {
        if (how.signal?.aborted) return this.leave(name);
        queue.holder = reject;
        const leave = () => queue.holder === reject && this.leave(name);
        Promise.resolve().then(granted).then(resolve, reject).finally(leave);
      };
      how.signal?.addEventListener("abort", () => reject(how.signal?.reason));
      if (how.signal?.aborted) reject(how.signal.reason);
      else if (how.steal) {
        queue.holder?.(new DOMException("stolen", "AbortError"));
        take();
      } else if (queue.holder) queue.waiting.push(take);
      else take();
    });
  }

  /** Releases the lock, as if the tab was closed. */
  leave(name: string): void {
    const queue = this.queues.get(name);
    delete queue?.holder;
    queue?.waiting.shift()?.();
  }
}
