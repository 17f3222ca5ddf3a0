// The board of four in a row. Any place of a column lets a disc fall into it, by touch or by keyboard.

import { COLUMNS, type FourInARow, type Place, ROWS } from "../../core/together/four-in-a-row";
import type { Side } from "../../core/together/sides";
import type { GameTranslator } from "./words";

export class BoardView {
  readonly element = document.createElement("div");
  private readonly cells: HTMLButtonElement[][];
  private focused: Place = { column: 3, row: 0 };

  constructor(
    private readonly words: GameTranslator,
    private readonly me: Side,
    onColumn: (column: number) => void,
  ) {
    this.element.className = "four";
    this.element.setAttribute("role", "grid");
    this.element.setAttribute("aria-label", words.text("board"));
    this.cells = Array.from({ length: ROWS }, (_, row) =>
      Array.from({ length: COLUMNS }, (_, column) => this.cell({ column, row }, onColumn)),
    );
    // The top row comes first. Discs lie on row 0.
    this.element.append(...this.cells.map((cells) => rowOf(cells)).reverse());
    this.element.onkeydown = (event) => this.pressed(event);
  }

  render(board: FourInARow): void {
    for (const [row, cells] of this.cells.entries()) {
      for (const [column, cell] of cells.entries()) this.renderCell(cell, board, { column, row });
    }
  }

  focus(): void {
    this.at(this.focused).focus();
  }

  private renderCell(cell: HTMLButtonElement, board: FourInARow, { column, row }: Place): void {
    const owner = board.columns[column]?.[row];
    const disc = owner === undefined ? "empty" : owner === this.me ? "mine" : "theirs";
    const isAt = (place: Place | undefined) => place?.column === column && place.row === row;
    cell.dataset.disc = disc;
    cell.toggleAttribute("data-last", isAt(board.last));
    cell.toggleAttribute("data-line", board.line.some(isAt));
    const values = { column: column + 1, row: row + 1, disc: this.words.text(disc) };
    const name = this.words.text("column", values);
    if (cell.ariaLabel !== name) cell.ariaLabel = name;
  }

  private cell(place: Place, onColumn: (column: number) => void): HTMLButtonElement {
    const cell = document.createElement("button");
    cell.type = "button";
    cell.setAttribute("role", "gridcell");
    cell.tabIndex = this.isFocused(place) ? 0 : -1;
    cell.onclick = () => onColumn(place.column);
    cell.onfocus = () => this.take(place);
    return cell;
  }

  private isFocused({ column, row }: Place): boolean {
    return column === this.focused.column && row === this.focused.row;
  }

  /** The keyboard comes back to the place where it was. */
  private take(place: Place): void {
    this.at(this.focused).tabIndex = -1;
    this.focused = place;
    this.at(place).tabIndex = 0;
  }

  private at({ column, row }: Place): HTMLButtonElement {
    return this.cells[row]?.[column] as HTMLButtonElement;
  }

  /** The board is not mirrored, so the arrow keys are not, either. */
  private pressed(event: KeyboardEvent): void {
    const { column, row } = this.focused;
    const next: Record<string, Place> = {
      ArrowLeft: { column: column - 1, row },
      ArrowRight: { column: column + 1, row },
      ArrowUp: { column, row: row + 1 },
      ArrowDown: { column, row: row - 1 },
      Home: { column: 0, row },
      End: { column: COLUMNS - 1, row },
    };
    const place = next[event.key];
    if (!place || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.cells[place.row]?.[place.column]?.focus();
  }
}

function rowOf(cells: readonly HTMLElement[]): HTMLElement {
  const row = document.createElement("div");
  row.setAttribute("role", "row");
  row.append(...cells);
  return row;
}
