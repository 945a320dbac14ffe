/** The last lines of a log as evidence keeps them: few, short, cleaned and masked. */
import { maskText } from '../base/mask-text.js'
import { clean, shorten } from '../base/text.js'

/** Lines that are kept of one container. */
export const maxLines = 10
/** Characters of a line that are kept. */
export const maxLineLength = 300

/** Long enough for a secret to be seen whole before the line is cut. */
const maxRead = 2000

/** The last lines that are not empty, in the log's order. */
export function lastLines(lines: readonly string[]): string[] {
  return masked(lines.slice(-maxLines * 4))
    .map((line) => clean(line).replace(/\t/g, '  ').trimEnd())
    .filter((line) => line.trim() !== '')
    .slice(-maxLines)
    .map((line) => shorten(line, maxLineLength))
}

/** Masked together, since a key may go over several lines. */
function masked(lines: string[]): string[] {
  return maskText(lines.map((line) => line.slice(0, maxRead)).join('\n')).split('\n')
}
