/**
 * The one masker: takes out of a text every secret that was registered with it, in all the spellings of secret-forms.ts,
 * and whatever has the shape of a secret (secret-patterns.ts). A process has one, made where it starts; what reads a secret
 * adds it, and whatever leaves the process goes through `mask`.
 */
import { formsOf, shortestAnywhere, shortestSecret, type SecretForm } from './secret-forms.js'
import { maskPatterns } from './secret-patterns.js'

/** See the file's head. */
export interface Masker {
  /** From now on this value is masked. Values of fewer than 4 characters are not: they would blank half of a text. */
  add(secret: string): void
  /** The text without secrets; the same text where there is none. Masking twice changes nothing. */
  mask(text: string): string
}

/** The mark of `shorten`: a secret may have been cut there. */
const cutMark = '…'
/** No further back is looked for the start of a secret that was cut. */
const longestCut = 1024

/** A masker that knows no secret yet, only their shapes. */
export function createMasker(): Masker {
  const known = new Set<string>()
  const index = new FormIndex()
  return {
    add(secret) {
      if (secret.trim().length < shortestSecret || known.has(secret)) return
      known.add(secret)
      for (const form of formsOf(secret)) index.add(form)
    },
    mask: (text) => maskPatterns(known.size === 0 ? text : index.maskCuts(index.maskWhole(text))),
  }
}

/** Forms by their first characters: one pass over a text finds all of them, however many there are. */
class FormIndex {
  private readonly byStart = new Map<string, SecretForm[]>()
  /** Whether any form starts with characters of this hash. */
  private readonly starts = new Uint8Array(65_536)

  add(form: SecretForm): void {
    const start = form.text.slice(0, shortestSecret)
    const forms = this.byStart.get(start) ?? []
    if (forms.some(({ text }) => text === form.text)) return
    forms.push(form)
    // The longest first, so that a form is never masked as a part of itself.
    forms.sort((a, b) => b.text.length - a.text.length)
    this.byStart.set(start, forms)
    this.starts[hashAt(start, 0)] = 1
  }

  maskWhole(text: string): string {
    const { starts } = this
    let out = ''
    let from = 0
    const last = text.length - shortestSecret
    let [first, second] = [text.charCodeAt(0), text.charCodeAt(1)]
    for (let at = 0; at <= last; at++) {
      const third = text.charCodeAt(at + 2)
      const maybe = starts[hash(first, second, third)]
      first = second
      second = third
      if (maybe === 0 || at < from) continue
      const form = this.formAt(text, at)
      if (!form) continue
      out += text.slice(from, at) + form.shown
      from = at + form.text.length
    }
    return from === 0 ? text : out + text.slice(from)
  }

  private formAt(text: string, at: number): SecretForm | undefined {
    return this.byStart
      .get(text.slice(at, at + shortestSecret))
      ?.find((form) => text.startsWith(form.text, at) && stands(text, at, form.text.length))
  }

  /** A secret that was shortened is no longer whole: what is left of it before the mark is masked too. */
  maskCuts(text: string): string {
    let out = ''
    let from = 0
    for (let mark = text.indexOf(cutMark); mark >= 0; mark = text.indexOf(cutMark, mark + 1)) {
      const cut = this.cutBefore(text, from, mark)
      if (!cut) continue
      out += text.slice(from, cut.at) + cut.shown
      from = mark
    }
    return from === 0 ? text : out + text.slice(from)
  }

  private cutBefore(text: string, from: number, mark: number): { at: number; shown: string } | undefined {
    for (let at = Math.max(from, mark - longestCut); at + shortestSecret <= mark; at++) {
      if (this.starts[hashAt(text, at)] === 0) continue
      const left = text.slice(at, mark)
      const form = this.byStart
        .get(left.slice(0, shortestSecret))
        ?.find((each) => each.text.startsWith(left) && left.length >= each.open + shortestSecret)
      if (form) return { at, shown: form.shown }
    }
    return undefined
  }
}

function hashAt(text: string, at: number): number {
  return hash(text.charCodeAt(at), text.charCodeAt(at + 1), text.charCodeAt(at + 2))
}

function hash(first: number, second: number, third: number): number {
  return (first * 961 + second * 31 + third) & 0xffff
}

/** A short form within a longer word is most likely just a part of that word. */
function stands(text: string, at: number, length: number): boolean {
  if (length >= shortestAnywhere) return true
  return !isWordy(text.charAt(at - 1)) && !isWordy(text.charAt(at + length))
}

function isWordy(sign: string): boolean {
  return /[\p{L}\p{N}]/u.test(sign)
}
