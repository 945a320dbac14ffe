// @ts-check
/** @import { Dimension } from '../config.mjs' */
/** @import { Past } from './bayesian.mjs' */
/** @import { Params } from './space.mjs' */
import { makeRng, seedFrom } from '../random.mjs'
import { propose } from './bayesian.mjs'
import { gridShare } from './grid.mjs'
import { draw } from './space.mjs'

/**
 * A search: how many tries it will make, and the point of try `i` given the tries before it.
 * @typedef {{ tries: number, next: (past: Past[]) => Params }} Search
 */

/**
 * @typedef {object} SearchShare
 * @property {'grid' | 'random' | 'bayesian'} optimizer
 * @property {number} iterations tries of this worker; a grid makes fewer when its share has fewer points
 * @property {number} index this worker's place among the workers, from 0
 * @property {number} workers
 * @property {string} seed workers with different seeds look at different points
 */

/**
 * One worker's share of a search. The same share gives the same tries.
 * @param {Dimension[]} space
 * @param {SearchShare} share
 * @returns {Search}
 */
export function makeSearch(space, share) {
  if (share.optimizer === 'grid') {
    const points = gridShare(space, share)
    return { tries: points.length, next: (past) => points[past.length] ?? {} }
  }
  const rng = makeRng(seedFrom(share.seed))
  const next =
    share.optimizer === 'random' ? () => draw(space, rng) : (/** @type {Past[]} */ past) => propose(space, past, rng)
  return { tries: share.iterations, next }
}
