// The colours to choose from, and the thick pen.

import type { Tool } from "../../core/together/shared-drawing";
import { INKS } from "./painter";
import type { DrawingTranslator } from "./words";

const COLOUR_NAMES = ["black", "red", "brown", "green", "blue", "purple", "rubber"] as const;

export class DrawingTools {
  readonly element = document.createElement("div");

  constructor(
    words: DrawingTranslator,
    public tool: Tool,
  ) {
    const colours = document.createElement("fieldset");
    colours.setAttribute("aria-label", words.text("colour"));
    colours.append(...INKS.map((ink, colour) => this.colourOf(words, ink, colour)));
    const thick = choiceOf("checkbox", words.text("thick"), tool.pen === 1, (checked) => {
      this.tool = { ...this.tool, pen: checked ? 1 : 0 };
    });
    thick.className = "thick";
    this.element.className = "drawing-tools";
    this.element.append(colours, thick);
  }

  private colourOf(words: DrawingTranslator, ink: string, colour: number): HTMLElement {
    const name = COLOUR_NAMES[colour] ?? "black";
    const choice = choiceOf("radio", words.text(name), colour === this.tool.colour, () => {
      this.tool = { ...this.tool, colour };
    });
    choice.dataset.ink = name;
    choice.style.setProperty("--ink-colour", ink);
    return choice;
  }
}

/** A control of a form that looks like what it chooses. */
function choiceOf(
  type: "radio" | "checkbox",
  name: string,
  chosen: boolean,
  onChoose: (checked: boolean) => void,
): HTMLElement {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = type;
  if (type === "radio") input.name = "drawing-colour";
  input.setAttribute("aria-label", name);
  input.checked = chosen;
  input.onchange = () => onChoose(input.checked);
  label.title = name;
  label.append(input);
  return label;
}
