/** Tables as kubectl prints them: upper-case heads, columns by spaces, no frames; made to fit a width where one is given. */
import { cutToWidth, displayWidth, padToWidth } from './width.js'
import type { Paint } from './colour.js'

export interface Column {
  header: string
  align?: 'left' | 'right'
  /** The column may shrink to this width, cutting its text, when the table is too wide. Default: it keeps its width. */
  min?: number
  /** Columns with a number are left out in ascending order when shrinking is not enough. */
  drop?: number
}

/** Text of a cell, or text with a paint that is applied after cutting and padding. */
export type Cell = string | { text: string; paint: Paint }

export interface TableOptions {
  /** Columns of the terminal; no cutting without it. */
  width?: number
  /** Paint of the head line. */
  header?: Paint
}

const gap = 3

/**
 * The lines of a table. With `width`, no line is wider: first columns with `min` shrink, the widest first, then columns
 * with `drop` go, and at last a line is cut.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions = {},
): string[] {
  const natural = columns.map((column, index) => widest(column, rows, index))
  const { shown, widths } = fit(columns, natural, options.width)
  const line = (cells: readonly Cell[], paintAll: Paint = (text) => text): string => {
    const text = shown.map((index, position) => {
      const cell = cells[index] ?? ''
      const last = position === shown.length - 1
      const cut = cutToWidth(textOf(cell), widths[index]!)
      const padded =
        last && columns[index]!.align !== 'right' ? cut : padToWidth(cut, widths[index]!, columns[index]!.align)
      return typeof cell === 'string' ? padded : paintPadded(cell.paint, padded)
    })
    const joined = text.join(' '.repeat(gap)).trimEnd()
    return paintAll(options.width === undefined ? joined : cutToWidth(joined, options.width))
  }
  const head = line(
    columns.map((column) => column.header.toUpperCase()),
    options.header,
  )
  return [head, ...rows.map((row) => line(row))]
}

function textOf(cell: Cell): string {
  return (typeof cell === 'string' ? cell : cell.text).replace(/\s+/g, ' ')
}

/** Paints the text and not the padding, so that no coloured blanks stand at a line's end. */
function paintPadded(paint: Paint, padded: string): string {
  const text = padded.trim()
  return text === '' ? padded : padded.replace(text, () => paint(text))
}

function widest(column: Column, rows: readonly (readonly Cell[])[], index: number): number {
  let width = displayWidth(column.header)
  for (const row of rows) width = Math.max(width, displayWidth(textOf(row[index] ?? '')))
  return width
}

interface Fitted {
  /** Indexes of the columns that are shown. */
  shown: number[]
  /** Width per column index. */
  widths: number[]
}

function fit(columns: readonly Column[], natural: readonly number[], width: number | undefined): Fitted {
  let shown = columns.map((_, index) => index)
  let widths = [...natural]
  while (width !== undefined) {
    widths = shrink(columns, natural, shown, width)
    if (total(widths, shown) <= width) break
    const dropped = nextToDrop(columns, shown)
    if (dropped === undefined) break
    shown = shown.filter((index) => index !== dropped)
  }
  return { shown, widths }
}

function total(widths: readonly number[], shown: readonly number[]): number {
  return shown.reduce((sum, index) => sum + widths[index]!, 0) + gap * Math.max(0, shown.length - 1)
}

/** Takes columns off the widest shrinkable column until the table fits or nothing is left to take. */
function shrink(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  width: number,
): number[] {
  const widths = [...natural]
  const room = (index: number): number =>
    widths[index]! - Math.min(natural[index]!, columns[index]!.min ?? widths[index]!)
  for (let over = total(widths, shown) - width; over > 0; over--) {
    const candidates = shown.filter((index) => room(index) > 0)
    if (candidates.length === 0) break
    const widestOne = candidates.reduce((best, index) => (widths[index]! > widths[best]! ? index : best))
    widths[widestOne]!--
  }
  return widths
}

function nextToDrop(columns: readonly Column[], shown: readonly number[]): number | undefined {
  const candidates = shown.filter((index) => columns[index]!.drop !== undefined)
  return candidates.sort((a, b) => columns[a]!.drop! - columns[b]!.drop!)[0]
}
