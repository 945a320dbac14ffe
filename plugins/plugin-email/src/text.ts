/** Text from a cluster or a server, made fit for a message: cleaned, bounded, and without the channel's own secrets. */

// ESC sequences first (CSI, OSC, other), then any control, bidi or invisible formatting character that is left. Built
// from text so that no control character stands in this file.
const escapeSequences = new RegExp(
  String.raw`\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])`,
  'g',
)
const controls = new RegExp(
  String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]`,
  'g',
)
const anyControl = new RegExp(String.raw`[\u0000-\u001f\u007f-\u009f\u2028\u2029]`)

/** Text without terminal escapes, controls and bidi overrides; tab and newline stay. */
export function clean(text: unknown): string {
  return String(text ?? '')
    .replace(escapeSequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(controls, '')
}

/** Cleaned text in one line of at most `max` characters. */
export function line(text: unknown, max: number): string {
  return shorten(clean(text).replace(/\s+/g, ' ').trim(), max)
}

/** Cut to `max` characters, the mark `…` among them; no character is cut in two. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(0, Math.max(0, max - 1))
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`
}

/** Cleaned text of several lines, at most `max` characters; the mark says how much is left out. */
export function block(text: unknown, max: number): string {
  const whole = clean(text)
  if (whole.length <= max) return whole
  const kept = shorten(whole, max)
  return `${kept}\n[shortened: ${whole.length - kept.length + 1} more characters]`
}

/** True for text with a line break or another control character. */
export function hasControls(text: string): boolean {
  return anyControl.test(text)
}

export const mask = '********'

/** A function that takes the given secrets out of a text, also as SMTP carries them: in base64. */
export function masker(secrets: (string | undefined)[]): (text: string) => string {
  const plain = secrets.filter((secret): secret is string => secret !== undefined && secret !== '')
  const base64 = plain.map((secret) => Buffer.from(secret).toString('base64'))
  const forms = [...new Set([...plain, ...base64, ...base64.map((form) => form.replace(/=+$/, ''))])]
  forms.sort((a, b) => b.length - a.length)
  return (text) => forms.reduce((shown, form) => shown.replaceAll(form, mask), text)
}
