/** Names, uids and times as a Kubernetes server makes them. */
import { randomBytes, randomInt } from 'node:crypto'

// Without vowels and look-alikes, so that no words come out.
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Random characters as the API server appends them to generateName. */
export function randomSuffix(length = 5): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** A name from a generateName, cut so that it has at most 63 characters. */
export function generateName(base: string): string {
  return base.slice(0, 58) + randomSuffix()
}

/** A container's id. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** RFC 3339 in whole seconds, as metav1.Time is written. */
export function timeText(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** RFC 3339 with microseconds, as metav1.MicroTime is written. */
export function microTimeText(date: Date): string {
  return `${date.toISOString().slice(0, 23)}000Z`
}
