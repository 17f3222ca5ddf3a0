// A short, quiet applause, which the page makes itself. It is heard where the stranger is heard.

import { byId } from "../view/dom";

/** No second applause before that. */
const PAUSE_MS = 2_000;
const SECONDS = 1.6;
const CLAPS = 70;
/** How long a clap rings, in seconds. */
const RINGS = 0.012;
const LOUDNESS = 0.12;

/** Returns samples from -1 to 1: claps that begin at once, and become fewer. `random` returns numbers from 0 to 1. */
export function clapping(rate: number, random: () => number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.ceil(rate * SECONDS));
  const ring = Math.ceil(rate * RINGS * 4);
  for (let clap = 0; clap < CLAPS; clap++) {
    const start = Math.floor(random() ** 1.6 * (samples.length - ring));
    const loud = (1 - start / samples.length) * (0.3 + 0.7 * random());
    for (let place = 0; place < ring; place++) {
      const decay = Math.exp(-place / (rate * RINGS));
      samples[start + place] = (samples[start + place] ?? 0) + (2 * random() - 1) * decay * loud;
    }
  }
  return samples.map((sample) => Math.max(-1, Math.min(1, sample)));
}

export class Applause {
  private context: AudioContext | undefined;
  private last = Number.NEGATIVE_INFINITY;

  /** Plays it, unless the visitor has muted the stranger, or the browser allows no sound. */
  async play(): Promise<void> {
    const remote = byId<HTMLVideoElement>("remote");
    const now = performance.now();
    if (now - this.last < PAUSE_MS || remote.muted || !remote.srcObject) return;
    this.last = now;
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") void this.context.resume(); // for the next one: nobody had touched the page
    if (!(await usesSameSpeaker(this.context, remote)) || this.context.state !== "running") return;
    playClaps(this.context, remote.volume);
  }
}

function playClaps(context: AudioContext, volume: number): void {
  const samples = clapping(context.sampleRate, Math.random);
  const buffer = context.createBuffer(1, samples.length, context.sampleRate);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  const hands = new BiquadFilterNode(context, { type: "bandpass", frequency: 1_400, Q: 0.7 });
  const gain = new GainNode(context, { gain: LOUDNESS * volume });
  source.connect(hands).connect(gain).connect(context.destination);
  source.start();
}

/** Uses the speaker that the visitor has chosen. Returns false if the browser refuses. */
async function usesSameSpeaker(context: AudioContext, remote: HTMLVideoElement): Promise<boolean> {
  const { sinkId = "" } = remote as { sinkId?: string };
  const to = context as AudioContext & { sinkId?: string; setSinkId?: (id: string) => Promise<void> };
  if (sinkId === (to.sinkId ?? "")) return true;
  if (!to.setSinkId) return false; // the others in the room should not hear it
  return to.setSinkId(sinkId).then(
    () => true,
    () => false,
  );
}
