// Measures how loud a stream is, for the circles that stand for a face in audio mode.

/** A voice is a small part of what a microphone can take, so a level is this many times the loudness. */
export const GAIN = 4;

export class LevelMeter {
  private context: AudioContext | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Calls `onLevel` with 0…1 several times a second until `stop`. */
  start(stream: MediaStream, onLevel: (level: number) => void): void {
    this.stop();
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.context = context;
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      onLevel(Math.min(1, loudness(samples) * GAIN));
    }, 80);
  }

  /** Resumes the audio context, which some browsers leave suspended after an interruption. */
  wake(): void {
    if (this.context && this.context.state !== "running") void this.context.resume();
  }

  stop(): void {
    clearInterval(this.timer);
    void this.context?.close();
    this.context = undefined;
  }
}

/** Returns the root mean square. */
export function loudness(samples: Float32Array): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return Math.sqrt(energy / samples.length);
}
