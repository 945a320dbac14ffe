// @ts-check
/** @import { Dimension } from '../config.mjs' */
/** @import { Rng } from '../random.mjs' */
/** @import { Params } from './space.mjs' */
import { fit } from './gaussian-process.mjs'
import { draw, keyOf, toVector, valueAt } from './space.mjs'

/** A try that was made. @typedef {{ params: Params, score: number }} Past */

const firstTries = 4
const candidates = 400
/** Fitting costs the cube of this; beyond it the best and the latest tries are learnt from. */
const mostLearnt = 150

/**
 * The next point to try: the first ones at random, then the one from which a Gaussian process over the past tries expects
 * the largest improvement on the best of them.
 * @param {Dimension[]} space
 * @param {Past[]} past
 * @param {Rng} rng
 * @returns {Params}
 */
export function propose(space, past, rng) {
  if (past.length < firstTries) return draw(space, rng)
  const learnt = worthLearning(past)
  const model = fit(
    learnt.map(({ params }) => toVector(space, params)),
    learnt.map(({ score }) => score),
  )
  const best = past.reduce((a, b) => (b.score > a.score ? b : a))
  const tried = new Set(past.map(({ params }) => keyOf(params)))
  let choice = draw(space, rng)
  let most = -Infinity
  for (let i = 0; i < candidates; i++) {
    // A quarter of the candidates are neighbours of the best try: evenly drawn points seldom fall close to it.
    const params = i % 4 === 0 ? neighbour(space, best.params, rng) : draw(space, rng)
    if (tried.has(keyOf(params))) continue
    const gain = expectedImprovement(model.predict(toVector(space, params)), best.score)
    if (gain > most) [choice, most] = [params, gain]
  }
  return choice
}

/** @param {Past[]} past */
function worthLearning(past) {
  if (past.length <= mostLearnt) return past
  const best = [...past].sort((a, b) => b.score - a.score).slice(0, mostLearnt / 2)
  const latest = past.slice(-mostLearnt / 2)
  return [...new Set([...best, ...latest])]
}

/**
 * A point like the given one with one or two dimensions moved: a range by up to a fifth of its width, a list to any value.
 * @param {Dimension[]} space
 * @param {Params} params
 * @param {Rng} rng
 */
function neighbour(space, params, rng) {
  const moved = { ...params }
  for (let i = 0; i < 2; i++) {
    const dimension = space[Math.floor(rng() * space.length)]
    if (!dimension) continue
    const place = toVector([dimension], params)[0] ?? 0
    const nearby = Math.min(1, Math.max(0, place + (rng() - 0.5) * 0.4))
    moved[dimension.name] = valueAt(dimension, dimension.kind === 'range' ? nearby : rng())
  }
  return moved
}

/**
 * @param {{ mean: number, deviation: number }} estimate
 * @param {number} best
 */
function expectedImprovement({ mean, deviation }, best) {
  const z = (mean - best) / deviation
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  return (mean - best) * cumulative(z) + deviation * density
}

/**
 * The standard normal's distribution function (Zelen and Severo's approximation, right to 7 digits).
 * @param {number} z
 */
function cumulative(z) {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}
