// @ts-check
/**
 * Makes the price series in data/. They are not market data: every price comes from the seeded model below, so that the
 * example needs no download and gives the same figures everywhere. Run it again and the files are the same, byte for byte.
 *
 *     node scripts/make-data.mjs [FOLDER]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { makeRng, normal, seedFrom } from '../src/random.mjs'

const rows = 4000
const start = Date.UTC(2024, 0, 1)
const barMs = 4 * 3_600_000

/**
 * The right leg is a random walk. The left leg follows it with a slowly drifting hedge ratio, plus a spread that reverts
 * to a drifting mean; from time to time the spread jumps, which is what stops are for.
 */
const models = [
  {
    name: 'north-south',
    seed: 'spread-search/north-south/1',
    halfLife: 16,
    spreadVol: 0.003,
    meanVol: 0.0008,
    jumps: 0.0015,
  },
  {
    name: 'east-west',
    seed: 'spread-search/east-west/1',
    halfLife: 40,
    spreadVol: 0.0025,
    meanVol: 0.0012,
    jumps: 0.003,
  },
  // As a feed that lost one price: the failing session meets this hole.
  {
    name: 'up-down',
    seed: 'spread-search/up-down/1',
    halfLife: 24,
    spreadVol: 0.0028,
    meanVol: 0.001,
    jumps: 0.002,
    hole: 2816,
  },
]

/** @param {typeof models[number]} model */
function csv(model) {
  const rng = makeRng(seedFrom(model.seed))
  const pull = Math.LN2 / model.halfLife
  let right = Math.log(50)
  let hedge = 0.9
  let spread = 0
  let mean = 0
  const lines = ['timestamp,left,right']
  for (let row = 0; row < rows; row++) {
    right += 0.008 * normal(rng)
    hedge += 0.0001 * normal(rng)
    mean += model.meanVol * normal(rng) - 0.002 * mean
    spread += pull * (mean - spread) + model.spreadVol * normal(rng)
    if (rng() < model.jumps) spread += 0.02 * normal(rng)
    const left = Math.exp(1 + hedge * right + spread)
    const time = new Date(start + row * barMs).toISOString().slice(0, 16) + 'Z'
    lines.push(`${time},${row === model.hole ? '' : left.toFixed(3)},${Math.exp(right).toFixed(3)}`)
  }
  return lines.join('\n') + '\n'
}

const folder = process.argv[2] ?? new URL('../data', import.meta.url).pathname
mkdirSync(folder, { recursive: true })
for (const model of models) writeFileSync(`${folder}/${model.name}.csv`, csv(model))
