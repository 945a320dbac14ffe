/** Secrets that a test can find again, however they are spelled. */

const mark = 'CANARY'
/** At its end, so that a half that is left is found too. */
const endMark = 'YRANAC'

/** A secret for a place; it holds characters that URLs, JSON, HTML and shells write in another way. */
export function canary(place: string): string {
  return `${mark}-${place}-9f3a&"q"'s'/+=${endMark}`
}

/** One for where only plain characters may stand. */
export function plainCanary(place: string): string {
  return `${mark}-${place}-9f3a7c51d2-${endMark}`
}

/** The marks as they read plain, URL-encoded or escaped; in base64 at each alignment; in hex. */
export const needles: readonly string[] = [mark, endMark].flatMap((text) => [
  text,
  ...[0, 1, 2].map((shift) => {
    const coded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64')
    return coded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + text.length) * 8) / 6))
  }),
  Buffer.from(text).toString('hex'),
])

/** Where a secret can be read in the text: some characters around each hit. */
export function leaksIn(text: string): string[] {
  return needles.flatMap((needle) => {
    const at = text.indexOf(needle)
    return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + 60)]
  })
}
