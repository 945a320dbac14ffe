/** Text as Slack takes it: escaped, of a known length, and with nothing in it that acts. */

/** Slack counts what is sent, entities included. UTF-16 units are never fewer than the characters that it counts. */
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const mark = '…'
/** Invisible; takes an address or a name apart for Slack's automatic links and mentions, not for a reader. */
const joiner = '\u2060'

// Built from text so that no such character stands in this file. Tab and newline stay.
const escapeSequences = new RegExp(
  String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)`,
  'g',
)
const controls = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]`,
  'g',
)

/** Escaped text of at most `max` characters; cut with a mark, never within a character or an entity. */
export function slackText(text: string, max: number): string {
  // What is far too long is not worked through: an escaped text is never shorter than its source.
  const source = inert(text.slice(0, max * 2 + 2))
  let out = ''
  let fits = ''
  for (const character of source) {
    out += entities[character] ?? character
    if (out.length <= max - mark.length) fits = out
    if (out.length > max) return fits + mark
  }
  return text.length > max * 2 + 2 ? `${fits}${mark}` : out
}

/** Text without controls, whole characters only, addresses and names taken apart. */
function inert(text: string): string {
  return plain(text)
    .replace(/:(?=\/\/)/g, `:${joiner}`)
    .replace(/@(?!sha\d+:)(?=[\p{L}\p{N}])/gu, `@${joiner}`)
}

/** Text without terminal escapes, controls, bidi overrides and halves of characters. */
export function plain(text: string): string {
  return text
    .replace(escapeSequences, '')
    .replace(controls, '')
    .replace(/\p{Surrogate}/gu, '\ufffd')
}

/** The same in one line. */
export function plainLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim()
}
