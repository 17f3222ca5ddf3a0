// Runs the effects that the state machine asks for: on the socket, on the media and on the page.

import type { CallMedia } from "./call-media";
import type { Conversation, Effect, Notice } from "./core/call/state";
import type { PageTranslator } from "./language/texts";
import type { Lazy } from "./lazy";
import type { CallEnding } from "./safety/call-ending";
import type { PendingBlocks } from "./safety/pending-blocks";
import type { ReportOutbox } from "./safety/report-outbox";
import type { SafetyController } from "./safety/safety-controller";
import type { Signaling } from "./signaling";
import type { ChatView } from "./view/chat";
import { toast } from "./view/notifications";

export interface EffectRunnerParts {
  translator: PageTranslator;
  signaling: Pick<Signaling, "connect" | "disconnect" | "send">;
  callMedia: Pick<CallMedia, "open" | "changeMode" | "close" | "peer">;
  nudityGuard: Pick<Lazy<unknown>, "allowRetry">;
  safety: Pick<
    SafetyController,
    "conversationOpened" | "modeChanged" | "conversationClosing" | "passRenewed"
  >;
  blocks: Pick<PendingBlocks, "passes" | "forget">;
  reports: Pick<ReportOutbox, "retry">;
  chat: { readonly value: Pick<ChatView, "showTyping"> | undefined };
}

export class EffectRunner {
  constructor(private readonly parts: EffectRunnerParts) {}

  /** `before` is the conversation before the step that asked for this, and `ending` how that step ended it. */
  run(effect: Effect, before: Conversation | undefined, ending?: CallEnding): void {
    const { signaling, callMedia, safety, blocks, chat } = this.parts;
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
      case "block_confirmed":
        blocks.forget(effect.match);
        break;
      case "pass_renewed":
        safety.passRenewed(effect.match, effect.pass);
        break;
      case "open_media":
        this.open(effect.conversation);
        break;
      case "change_mode":
        safety.modeChanged(effect.conversation);
        callMedia.changeMode(effect.conversation);
        break;
      case "close_media":
        this.close(before, ending);
        break;
      case "signal":
        callMedia.peer
          ?.receive(effect.signal)
          .catch((error: Error) => console.warn("The browser refused a signal:", error.name));
        break;
      case "update_ice":
        callMedia.peer?.updateIce(effect.ice);
        break;
      case "set_reachable":
        callMedia.peer?.setReachable(effect.reachable);
        break;
      case "show_typing":
        chat.value?.showTyping();
        break;
      case "notify":
        this.tell(effect.notice);
        break;
    }
  }

  private sendBlocks(): void {
    const { signaling, blocks, reports } = this.parts;
    for (const pass of blocks.passes()) signaling.send({ type: "block", pass });
    void reports.retry();
  }

  private open(conversation: Conversation): void {
    const { safety, nudityGuard, callMedia } = this.parts;
    safety.conversationOpened(conversation);
    nudityGuard.allowRetry(); // with each stranger, a part that failed to load may be tried again
    callMedia.open(conversation);
  }

  private close(conversation: Conversation | undefined, ending: CallEnding | undefined): void {
    const { safety, callMedia } = this.parts;
    if (conversation) safety.conversationClosing(conversation, ending);
    callMedia.close();
  }

  private tell(notice: Notice): void {
    const detail = notice.code === "error" ? notice.detail : "";
    toast(this.parts.translator.text(`notice_${notice.code}`, { detail }));
  }
}
