// Does what the call machine asks for: over the socket, to the stranger, and before the eyes.

import type { Effect, Meeting, Notice } from "./core/call/state";
import type { Words } from "./language/i18n";
import type { Late } from "./late";
import type { Blocks } from "./remedies/blocks";
import type { Remedies } from "./remedies/remedies";
import type { Reports } from "./remedies/reports";
import type { Signaling } from "./signaling";
import type { Talk } from "./talk";
import type { ChatView } from "./view/chat";
import { toast } from "./view/notices";

export interface EffectRunnerParts {
  words: Words;
  signaling: Pick<Signaling, "connect" | "disconnect" | "send">;
  talk: Pick<Talk, "open" | "close" | "peer">;
  guard: Pick<Late<unknown>, "again">;
  remedies: Pick<Remedies, "opened" | "closes">;
  blocks: Pick<Blocks, "passes" | "forget">;
  reports: Pick<Reports, "retry">;
  chat: Pick<ChatView, "strangerTypes">;
}

export class EffectRunner {
  constructor(private readonly parts: EffectRunnerParts) {}

  /** `before`: the meeting as it was before the step that asks for this. */
  run(effect: Effect, before: Meeting | undefined): void {
    const { signaling, talk, blocks, chat } = this.parts;
    switch (effect.type) {
      case "connect":
        signaling.connect();
        break;
      case "disconnect":
        signaling.disconnect();
        break;
      case "send":
        signaling.send(effect.message);
        break;
      case "send_blocks":
        this.sendBlocks();
        break;
      case "block_kept":
        blocks.forget(effect.match);
        break;
      case "open":
        this.open(effect.meeting);
        break;
      case "close":
        this.close(before);
        break;
      case "signal":
        talk.peer
          ?.receive(effect.signal)
          .catch((error: Error) => console.warn("signal refused:", error.name));
        break;
      case "refresh":
        talk.peer?.refresh(effect.ice);
        break;
      case "reach":
        talk.peer?.reach(effect.reachable);
        break;
      case "stranger_types":
        chat.strangerTypes();
        break;
      case "tell":
        this.tell(effect.notice);
        break;
    }
  }

  private sendBlocks(): void {
    const { signaling, blocks, reports } = this.parts;
    for (const pass of blocks.passes()) signaling.send({ type: "block", pass });
    void reports.retry();
  }

  private open(meeting: Meeting): void {
    const { remedies, guard, talk } = this.parts;
    remedies.opened(meeting);
    guard.again(); // each stranger is another chance for what could not be loaded
    talk.open(meeting);
  }

  private close(meeting: Meeting | undefined): void {
    const { remedies, talk } = this.parts;
    if (meeting) remedies.closes(meeting);
    talk.close();
  }

  private tell(notice: Notice): void {
    const detail = notice.code === "error" ? notice.detail : "";
    toast(this.parts.words.text(`notice_${notice.code}`, { detail }));
  }
}
