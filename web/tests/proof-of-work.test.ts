import { createChallenge, solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/web/pbkdf2";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WorkChallenge } from "../src/http.generated";
import { deriveKeyInScript } from "../src/signaling/derive-key";
import { ProofOfWork } from "../src/signaling/proof-of-work";

async function newChallenge(counter: number): Promise<WorkChallenge> {
  const challenge = await createChallenge({
    algorithm: "PBKDF2/SHA-256",
    cost: 50,
    counter,
    expiresAt: new Date(Date.now() + 60_000),
    deriveKey,
    hmacSignatureSecret: "one",
    hmacKeySignatureSecret: "other",
  });
  return challenge as WorkChallenge;
}

class FakeWorker extends EventTarget {
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onerror: ((event: { message: string }) => void) | undefined;
  readonly postMessage = vi.fn<(message: { challenge: WorkChallenge }) => void>();
  readonly terminate = vi.fn();
}

function build() {
  const worker = new FakeWorker();
  const onSlow = vi.fn();
  return { worker, onSlow, work: new ProofOfWork(onSlow, () => worker as unknown as Worker) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the solution of the worker is sent with the challenge and nothing else, and the worker ends", async () => {
  const { worker, onSlow, work } = build();
  const challenge = await newChallenge(1);
  const solved = work.solve(challenge);
  expect(worker.postMessage.mock.calls).toEqual([[{ type: "work", challenge }]]);
  worker.onmessage?.({ data: { counter: 1, derivedKey: "ff", time: 3 } });
  expect(await solved).toEqual({ challenge, solution: { counter: 1, derivedKey: "ff" } });
  expect(worker.terminate).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(onSlow).not.toHaveBeenCalled();
});

test("slow work is mentioned, once", async () => {
  const { worker, onSlow, work } = build();
  const solved = work.solve(await newChallenge(1));
  vi.advanceTimersByTime(1_900);
  expect(onSlow).not.toHaveBeenCalled();
  vi.advanceTimersByTime(60_000);
  worker.onmessage?.({ data: { counter: 1, derivedKey: "ff" } });
  await solved;
  expect(onSlow).toHaveBeenCalledOnce();
});

test.each<[string, (worker: FakeWorker) => void]>([
  ["it does not load", (worker) => worker.onerror?.({ message: "" })],
  ["it takes too long", (worker) => worker.onmessage?.({ data: null })],
  ["it fails", (worker) => worker.onmessage?.({ data: { error: new Error("no") } })],
])("a worker ends with an error if %s", async (_, fail) => {
  const { worker, work } = build();
  const solved = work.solve(await newChallenge(1));
  fail(worker);
  await expect(solved).rejects.toThrow();
  expect(worker.terminate).toHaveBeenCalledOnce();
});

test("a key is the same with and without WebCrypto, so both find the counter", async () => {
  const challenge = await newChallenge(5);
  for (const one of [deriveKey, deriveKeyInScript])
    expect(await solveChallenge({ challenge, deriveKey: one })).toMatchObject({ counter: 5 });
});
