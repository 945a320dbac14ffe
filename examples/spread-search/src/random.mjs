// @ts-check
/** Seeded randomness: the same seed gives the same numbers on every machine. */

/** A source of numbers in [0, 1). @typedef {() => number} Rng */

/**
 * A 32-bit seed from any text (FNV-1a with a final mix, so that `worker-1` and `worker-2` give seeds far apart).
 * @param {string} text
 * @returns {number}
 */
export function seedFrom(text) {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Mulberry32: small, fast, and good enough for a search and a bootstrap.
 * @param {number} seed
 * @returns {Rng}
 */
export function makeRng(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * A number from the standard normal distribution (Box-Muller).
 * @param {Rng} rng
 * @returns {number}
 */
export function normal(rng) {
  const radius = Math.sqrt(-2 * Math.log(1 - rng()))
  return radius * Math.cos(2 * Math.PI * rng())
}
