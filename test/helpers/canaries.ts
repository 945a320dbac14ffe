/** Secrets that a test can find again, however they are spelled. */

const mark = 'CANARY'

/** A secret for a place; it holds characters that URLs, JSON, HTML and shells write in another way. */
export function canary(place: string): string {
  return `${mark}-${place}-9f3a&"q"'s'/+=z`
}

/** One for where only plain characters may stand. */
export function plainCanary(place: string): string {
  return `${mark}-${place}-9f3a7c51d2`
}

/** The mark as it reads plain, URL-encoded or escaped; in base64 at each alignment; in hex. */
export const needles: readonly string[] = [
  mark,
  ...[0, 1, 2].map((shift) => {
    const coded = Buffer.concat([Buffer.alloc(shift), Buffer.from(mark)]).toString('base64')
    return coded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + mark.length) * 8) / 6))
  }),
  Buffer.from(mark).toString('hex'),
]

/** Where a secret can be read in the text: some characters around each hit. */
export function leaksIn(text: string): string[] {
  return needles.flatMap((needle) => {
    const at = text.indexOf(needle)
    return at < 0 ? [] : [text.slice(Math.max(0, at - 60), at + 60)]
  })
}
