// Decides when to restart ICE, and when a connection has failed. It knows states and times, but no
// connection.

import type { Link } from "../core/call/state";

export interface IceHealthOptions {
  /** Only the impolite side restarts after a failure. Otherwise two offers would collide. */
  polite: boolean;
  onLink: (link: Link) => void;
  restart: () => void;
}

/** How long a connection may be missing before it counts as failed. */
const GIVE_UP_MS = 15_000;
/** A shorter interruption ends by itself. */
const PATIENCE_MS = 3_000;
/** Browsers notice a dead path after some seconds. Until then, a new network explains a failure. */
const NEW_NETWORK_MS = 20_000;
/** How many restarts are tried before the next connection. */
const RESTARTS = 2;

export class IceHealth {
  private state: RTCPeerConnectionState = "new";
  private reachable = true;
  private restarts = 0;
  private newNetwork: ReturnType<typeof setTimeout> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private giveUp: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: IceHealthOptions) {
    this.startGiveUpTimer();
  }

  changed(state: RTCPeerConnectionState): void {
    this.state = state;
    if (state === "connected") this.connected();
    if (state !== "disconnected" && state !== "failed") return;
    this.startGiveUpTimer();
    this.options.onLink("interrupted");
    clearTimeout(this.patience);
    if (state === "failed" || this.newNetwork) this.restart();
    else this.patience = setTimeout(() => this.restart(), PATIENCE_MS);
  }

  /**
   * The network has changed. A connection that still works needs no restart, because browsers may have
   * another path. One that fails within some seconds cannot recover, and only this side knows why.
   */
  networkChanged(): void {
    clearTimeout(this.newNetwork);
    this.newNetwork = setTimeout(() => {
      this.newNetwork = undefined;
    }, NEW_NETWORK_MS);
    if (this.state !== "connected" && this.state !== "new") this.restart();
  }

  /** Signals do not reach the stranger. Until they do, nothing is restarted and nothing counts as failed. */
  signalsLost(): void {
    this.reachable = false;
    this.stopTimers();
  }

  /** Signals reach the stranger again. Restarts ICE unless it is connected or being negotiated. */
  signalsRestored(negotiating: boolean): void {
    this.reachable = true;
    this.restarts = 0;
    if (this.state === "connected") return;
    this.stopTimers();
    this.startGiveUpTimer();
    if (!negotiating) this.restart();
  }

  /** Another connection takes the place of the one before. */
  renewed(): void {
    this.state = "new";
    this.restarts = 0;
    this.stopTimers();
    this.startGiveUpTimer();
    this.options.onLink("interrupted");
  }

  close(): void {
    for (const timer of [this.newNetwork, this.patience, this.giveUp]) clearTimeout(timer);
  }

  private connected(): void {
    this.stopTimers();
    this.restarts = 0;
    this.options.onLink("connected");
  }

  private stopTimers(): void {
    clearTimeout(this.patience);
    clearTimeout(this.giveUp);
    this.giveUp = undefined;
  }

  private startGiveUpTimer(): void {
    if (this.reachable) this.giveUp ??= setTimeout(() => this.options.onLink("failed"), GIVE_UP_MS);
  }

  private restart(): void {
    if (!this.reachable || (this.options.polite && !this.newNetwork) || this.restarts >= RESTARTS) return;
    this.restarts++;
    clearTimeout(this.newNetwork);
    this.newNetwork = undefined;
    this.options.restart();
  }
}
