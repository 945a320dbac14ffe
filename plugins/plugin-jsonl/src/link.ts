/**
 * A link of the chain: the last field of a line, a hash over the link before it, over whatever stands between the two in
 * the file, and over the line's own bytes without it.
 */
import { createHash, type Hash } from 'node:crypto'

/** The field's name; the record's own fields stand before it as they always did. */
export const linkField = 'chain_sha256'

const start = `,"${linkField}":"`
/** Bytes from the comma to the closing brace. */
export const linkBytes = start.length + 64 + 2
const form = new RegExp(`^${start}([0-9a-f]{64})"}$`)

/** True for what the field holds. */
export function isLink(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

/** The hash of a line (without its newline), if it ends in a link. */
export function linkOf(line: Buffer): string | undefined {
  if (line.length <= linkBytes) return undefined
  return form.exec(line.toString('latin1', line.length - linkBytes))?.[1]
}

/** A hash that waits for the line behind `previous`, which is empty at the chain's beginning. */
export function afterLink(previous: string): Hash {
  return createHash('sha256').update(`${previous}\n`)
}

/** Takes in a line that has no link: the next link vouches for it. */
export function passOver(hash: Hash, line: Buffer | undefined): void {
  if (line) hash.update(line)
  hash.update('\n')
}

/** The link that a line should have, given its bytes with a link. Ends the hash. */
export function expectedLink(hash: Hash, line: Buffer): string {
  return hash
    .update(line.subarray(0, line.length - linkBytes))
    .update('}')
    .digest('hex')
}

/** A record's JSON text with its link. Ends the hash. */
export function linked(hash: Hash, text: string): string {
  return `${text.slice(0, -1)}${start}${hash.update(text).digest('hex')}"}`
}
