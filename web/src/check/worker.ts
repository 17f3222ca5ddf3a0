// The worker that checks pictures. Only a number leaves it.

import { model, url } from "virtual:model";
import { available, type BackendName, register, use } from "./backends";
import { type Backend, fastestBackend } from "./choose-backend";
import type { FromWorker, ToWorker } from "./classifier";
import { NeuralNetwork, SIDE } from "./neural-network";
import { nudityScore } from "./nudity-score";

/** The page, as the worker sees it. */
const page = self as unknown as Pick<Worker, "postMessage" | "onmessage">;

const canvas = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });

interface Ready extends Backend {
  name: BackendName;
  network: NeuralNetwork;
}

async function readyBackends(bytes: Uint8Array): Promise<Ready[]> {
  const found: Ready[] = [];
  const nothing = new Float32Array(SIDE * SIDE * 3);
  for (const name of await available()) {
    await use(name);
    const network = new NeuralNetwork(model, bytes);
    const look = async () => {
      await use(name);
      await network.classify(nothing);
    };
    found.push({ name, network, look, close: () => network.close() });
  }
  return found;
}

function pixelsOf(picture: ImageBitmap): Float32Array {
  if (!canvas) throw new Error("pictures cannot be read here");
  canvas.drawImage(picture, 0, 0, SIDE, SIDE);
  picture.close();
  const { data } = canvas.getImageData(0, 0, SIDE, SIDE);
  const pixels = new Float32Array(SIDE * SIDE * 3);
  for (let place = 0, from = 0; place < pixels.length; place += 3, from += 4) {
    pixels[place] = (data[from] ?? 0) / 255;
    pixels[place + 1] = (data[from + 1] ?? 0) / 255;
    pixels[place + 2] = (data[from + 2] ?? 0) / 255;
  }
  return pixels;
}

async function look(network: NeuralNetwork, picture: ImageBitmap): Promise<void> {
  const before = performance.now();
  const score = nudityScore(await network.classify(pixelsOf(picture)));
  tell({ type: "look", look: { score, cost: performance.now() - before } });
}

function tell(message: FromWorker): void {
  page.postMessage(message);
}

function failed(error: unknown): void {
  tell({ type: "failed", why: error instanceof Error ? error.message : String(error) });
}

async function start(): Promise<void> {
  register();
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the model was answered with ${answer.status}`);
  const chosen = await fastestBackend(await readyBackends(new Uint8Array(await answer.arrayBuffer())), () =>
    performance.now(),
  );
  if (!chosen) throw new Error("neither WebAssembly nor WebGL works here");
  const { network, name } = chosen.backend;
  await use(name);
  let before: Promise<unknown> = Promise.resolve();
  page.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    before = before.then(() => look(network, data.picture)).catch(failed);
  };
  tell({ type: "ready", backend: name, cost: chosen.cost });
}

start().catch(failed);
