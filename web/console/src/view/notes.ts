// Shows the notes about a visitor and their cases, and the form that adds one.

import type { Note, NoteRequest, VisitorHistory } from "../api.generated";
import { ApiError, pathOf } from "../api-client";
import { type Child, field, h, select, timeElement, untrustedQuote, untrustedText } from "../dom";
import { formatTime } from "../format-time";
import type { ScreenContext } from "../screen";
import { say } from "../words";
import { createForm } from "./forms";

const MAX_NOTE_LENGTH = 2000;

/** Builds the notes of a history. `caseId` is the case on the page, if one is. */
export function notesView(history: VisitorHistory, context: ScreenContext, caseId?: string): HTMLElement {
  const list = h("ul", { class: "notes", "aria-label": say("notes") });
  list.append(...history.notes.map((note) => noteView(note, caseId)));
  void markSeen(history.visitor, context);
  const form = context.hasRole("moderator") && noteForm(history.visitor, context, list, caseId);
  return h("div", { class: "notes-part" }, h("p", { class: "quiet" }, say("notes_text")), list, form);
}

function noteView({ author, text, written_at, case: about, mentions }: Note, caseId?: string): HTMLElement {
  const where: Child =
    about === null
      ? say("note_visitor")
      : about === caseId
        ? say("note_case")
        : h("a", { href: `#case/${encodeURIComponent(about)}` }, say("note_other_case"));
  const facts = h(
    "p",
    { class: "quiet" },
    untrustedText(author),
    " · ",
    timeElement(written_at, formatTime(written_at)),
    " · ",
    where,
    mentions.length > 0 && ` · ${say("note_mentions", { names: mentions.join(", ") })}`,
  );
  return h("li", {}, facts, untrustedQuote(text));
}

function noteForm(
  visitor: string,
  context: ScreenContext,
  list: HTMLElement,
  caseId: string | undefined,
): HTMLElement {
  const { texts } = context.drafts;
  const key = `note/${caseId ?? visitor}`;
  const text = h("textarea", { name: "note", rows: 2, required: true, maxlength: MAX_NOTE_LENGTH });
  text.value = texts.get(key) ?? "";
  text.oninput = () => texts.set(key, text.value);
  const about = select("note-about", ["case", "visitor"], "case", (value) =>
    say(value === "case" ? "note_case" : "note_visitor"),
  );
  const submit = async () => {
    const onCase = caseId !== undefined && about.value === "case";
    const path = onCase ? pathOf`/cases/${caseId}/notes` : pathOf`/visitors/${visitor}/notes`;
    const body: NoteRequest = { text: text.value };
    const note = await context.api.send<Note>("POST", path, body);
    texts.delete(key);
    text.value = "";
    list.prepend(noteView(note, caseId));
  };
  const { form } = createForm(
    "note",
    say("note_send"),
    submit,
    field(say("note_label"), text),
    caseId !== undefined && field(say("note_about"), about),
  );
  return form;
}

/** Tells the service that the moderator has seen the notes that mention them. */
async function markSeen(visitor: string, { api, team }: ScreenContext): Promise<void> {
  if (!team.forMe.mentions.some((mention) => mention.visitor === visitor)) return;
  try {
    await api.send("POST", pathOf`/visitors/${visitor}/notes/seen`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // the mention stays until the notes are shown again
  }
}
