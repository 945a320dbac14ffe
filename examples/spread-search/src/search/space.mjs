// @ts-check
/** @import { Dimension } from '../config.mjs' */
/** @import { Rng } from '../random.mjs' */

/**
 * One point of the search: a value for each dimension.
 * @typedef {Record<string, string | number>} Params
 */

/**
 * A point drawn evenly from the space.
 * @param {Dimension[]} space
 * @param {Rng} rng
 * @returns {Params}
 */
export function draw(space, rng) {
  return Object.fromEntries(space.map((dimension) => [dimension.name, valueAt(dimension, rng())]))
}

/**
 * The value of a dimension at a place from 0 to 1: for a list, the entry whose share of [0, 1) holds it.
 * @param {Dimension} dimension
 * @param {number} place
 */
export function valueAt(dimension, place) {
  if (dimension.kind === 'list') {
    const at = Math.min(dimension.values.length - 1, Math.floor(place * dimension.values.length))
    return dimension.values[at] ?? ''
  }
  const { min, max, step } = dimension
  const steps = Math.floor((max - min) / step + 1e-9)
  return tidy(min + Math.min(steps, Math.floor(place * (steps + 1))) * step)
}

/**
 * The values that a grid takes of a dimension.
 * @param {Dimension} dimension
 */
export function gridValues(dimension) {
  if (dimension.kind === 'list') return dimension.values
  const { min, max, step, grid } = dimension
  if (grid === 1) return [min]
  const values = Array.from({ length: grid }, (_, i) =>
    tidy(min + Math.round(((max - min) * i) / (grid - 1) / step) * step),
  )
  return [...new Set(values)]
}

/**
 * A point as numbers from 0 to 1 for a learner: one for a range, one per value for a list.
 * @param {Dimension[]} space
 * @param {Params} params
 * @returns {number[]}
 */
export function toVector(space, params) {
  return space.flatMap((dimension) => {
    const value = params[dimension.name]
    if (dimension.kind === 'range') {
      const width = dimension.max - dimension.min
      return [width > 0 ? (Number(value) - dimension.min) / width : 0]
    }
    return dimension.values.map((entry) => (entry === value ? 0.5 : 0))
  })
}

/**
 * Text that two points share only when they are the same.
 * @param {Params} params
 */
export function keyOf(params) {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

/** Steps add up to 0.30000000000000004; tables and file names want 0.3. @param {number} value */
function tidy(value) {
  return Number(value.toFixed(6))
}
