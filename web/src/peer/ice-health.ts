// When to restart ICE, and when to say that a connection failed. It knows states and times, no connection.

import type { Link } from "../core/call/state";

export interface IceHealthOptions {
  /** The impolite side restarts when it fails; if both did, their offers would only collide. */
  polite: boolean;
  onLink: (link: Link) => void;
  restart: () => void;
}

/** How long a connection may be away, or never come, before we say that it failed. */
const GIVE_UP_MS = 15_000;
/** A connection that is away for less comes back by itself. */
const PATIENCE_MS = 3_000;
/** A browser takes some seconds to see that nothing comes through any more: so long a new network explains it. */
const NEW_NETWORK_MS = 20_000;
/** So often it is tried before it has been connected once more. */
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
   * My network is another one. What still comes through needs no restart, for browsers move on to another
   * path if they have one; what stops within some seconds cannot come back, and only this side knows why.
   */
  networkChanged(): void {
    clearTimeout(this.newNetwork);
    this.newNetwork = setTimeout(() => {
      this.newNetwork = undefined;
    }, NEW_NETWORK_MS);
    if (this.state !== "connected" && this.state !== "new") this.restart();
  }

  /** Signals do not reach the stranger now. Until they do, nothing can be restarted and nothing has failed. */
  signalsLost(): void {
    this.reachable = false;
    this.stopTimers();
  }

  /**
   * Signals reach the stranger again. What is connected stays as it is, and what is being negotiated goes on;
   * else signals were lost on the way.
   */
  signalsRestored(negotiating: boolean): void {
    this.reachable = true;
    this.restarts = 0;
    if (this.state === "connected") return;
    this.stopTimers();
    this.startGiveUpTimer();
    if (!negotiating) this.restart();
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
