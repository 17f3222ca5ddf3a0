// Does what the call machine asks for: over the socket, to the stranger, and before the eyes.

import type { Effect, Meeting, Notice } from "./call/state";
import type { GuardPost } from "./check/post";
import type { Words } from "./language/i18n";
import type { Blocks } from "./remedies/blocks";
import type { Remedies } from "./remedies/remedies";
import type { Reports } from "./remedies/reports";
import type { Signaling } from "./signaling";
import type { Talk } from "./talk";
import type { ChatView } from "./view/chat";
import { toast } from "./view/notices";

export interface PerformerParts {
  words: Words;
  signaling: Signaling;
  talk: Talk;
  guard: GuardPost;
  remedies: Remedies;
  chat: ChatView;
  blocks: Blocks;
  reports: Reports;
}

export class Performer {
  constructor(private readonly parts: PerformerParts) {}

  /** `before`: the meeting as it was before the step that asks for this. */
  perform(effect: Effect, before: Meeting | undefined): void {
    const { signaling, talk } = this.parts;
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
      case "open":
        this.open(effect.meeting);
        break;
      case "close":
        this.close(before);
        break;
      case "signal":
        talk.hear(effect.signal);
        break;
      case "refresh":
        talk.refresh(effect.ice);
        break;
      case "reach":
        talk.reach(effect.reachable);
        break;
      case "stranger_types":
        this.parts.chat.strangerTypes();
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
    guard.open(meeting);
    talk.open(meeting);
  }

  private close(meeting: Meeting | undefined): void {
    const { remedies, guard, talk } = this.parts;
    if (meeting) remedies.closes(meeting);
    guard.close();
    talk.close();
  }

  private tell(notice: Notice): void {
    const detail = notice.code === "error" ? notice.detail : "";
    toast(this.parts.words.text(`notice_${notice.code}`, { detail }));
  }
}
