/** Cuts a YAML stream into its documents without parsing them: a marker at the start of a line is always one. */

export interface Chunk {
  text: string
  /** 1-based line of the stream on which the chunk begins. */
  line: number
}

/** The documents of a stream; chunks of nothing but comments and blank lines are left out. */
export function* splitDocuments(text: string): Generator<Chunk> {
  let start = 0
  let startLine = 1
  let line = 1
  for (let at = 0; at < text.length; at = lineEnd(text, at), line++) {
    const marker = markerAt(text, at)
    if (!marker || (marker === '---' && isPrologue(text, start, at))) continue
    if (!isBlank(text, start, at)) yield { text: text.slice(start, at), line: startLine }
    start = marker === '---' ? at : lineEnd(text, at)
    startLine = marker === '---' ? line : line + 1
  }
  if (!isBlank(text, start, text.length)) yield { text: text.slice(start), line: startLine }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

function markerAt(text: string, at: number): '---' | '...' | undefined {
  const first = text.charCodeAt(at)
  if (first !== 45 && first !== 46) return undefined
  const marker = text.slice(at, at + 3)
  if (marker !== '---' && marker !== '...') return undefined
  const next = text[at + 3]
  return next === undefined || next === ' ' || next === '\t' || next === '\n' || next === '\r' ? marker : undefined
}

/** Only directives, comments and blank lines, which belong to the document that follows. */
function isPrologue(text: string, start: number, end: number): boolean {
  return everyLine(text, start, end, (line) => line === '' || line.startsWith('#') || line.startsWith('%'))
}

/** Nothing but comments, blank lines and a bare marker. */
function isBlank(text: string, start: number, end: number): boolean {
  return everyLine(text, start, end, (line) => line === '' || line === '---' || line.startsWith('#'))
}

function everyLine(text: string, start: number, end: number, test: (line: string) => boolean): boolean {
  for (let at = start; at < end; at = lineEnd(text, at))
    if (!test(text.slice(at, Math.min(lineEnd(text, at), end)).trim())) return false
  return true
}
