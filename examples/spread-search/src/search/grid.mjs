// @ts-check
/** @import { Dimension } from '../config.mjs' */
/** @import { Params } from './space.mjs' */
import { gridValues } from './space.mjs'

/**
 * How many points the whole grid has.
 * @param {Dimension[]} space
 */
export function gridSize(space) {
  return space.reduce((size, dimension) => size * gridValues(dimension).length, 1)
}

/**
 * One worker's points of the grid. The grid is cut into one block per worker: blocks never overlap and together are the
 * whole grid, the first `size mod workers` of them one point larger, as a session shares out its iterations. With fewer
 * iterations than points in the block, the tries are spread evenly over it.
 * @param {Dimension[]} space
 * @param {{ index: number, workers: number, iterations: number }} share
 * @returns {Params[]}
 */
export function gridShare(space, { index, workers, iterations }) {
  const size = gridSize(space)
  const points = Math.floor(size / workers) + (index < size % workers ? 1 : 0)
  const first = index * Math.floor(size / workers) + Math.min(index, size % workers)
  const tries = Math.min(iterations, points)
  return Array.from({ length: tries }, (_, i) => pointAt(space, first + Math.floor((i * points) / tries)))
}

/**
 * @param {Dimension[]} space
 * @param {number} number place in the grid, counting with the last dimension fastest
 * @returns {Params}
 */
function pointAt(space, number) {
  /** @type {Params} */
  const params = {}
  let rest = number
  for (const dimension of [...space].reverse()) {
    const values = gridValues(dimension)
    params[dimension.name] = values[rest % values.length] ?? ''
    rest = Math.floor(rest / values.length)
  }
  return Object.fromEntries(space.map(({ name }) => [name, params[name] ?? '']))
}
