import { expect } from 'chai'
import { gridShare, gridSize } from '../../../examples/spread-search/src/search/grid.mjs'
import { makeSearch } from '../../../examples/spread-search/src/search/index.mjs'
import { keyOf } from '../../../examples/spread-search/src/search/space.mjs'
import { fastBacktest } from './helpers.js'

type Backtested = Awaited<ReturnType<typeof fastBacktest>>

/** The points and scores of a whole search. */
function search({ config, backtest }: Backtested, optimizer: 'random' | 'bayesian', seed: string, iterations: number) {
  const { tries, next } = makeSearch(config.space, { optimizer, iterations, index: 0, workers: 1, seed })
  const past: { params: ReturnType<typeof next>; score: number }[] = []
  for (let i = 0; i < tries; i++) {
    const params = next(past)
    past.push({ params, score: backtest(params).score })
  }
  return past
}

describe('example search', () => {
  let backtested: Backtested
  before(async () => {
    backtested = await fastBacktest()
  })

  describe('grid', () => {
    for (const workers of [1, 2, 3, 7, 200]) {
      it(`shares the whole grid out to ${workers} workers, each point once`, () => {
        const { space } = backtested.config
        const size = gridSize(space)
        const shares = Array.from({ length: workers }, (_, index) =>
          gridShare(space, { index, workers, iterations: size }).map(keyOf),
        )
        expect(new Set(shares.flat()).size).to.equal(size)
        expect(shares.flat()).to.have.lengthOf(size)
        const sizes = shares.map((share) => share.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).to.be.at.most(1)
      })
    }

    it('keeps shares disjoint and spreads the tries when there are fewer than points', () => {
      const { space } = backtested.config
      const [one, two] = [0, 1].map((index) => gridShare(space, { index, workers: 2, iterations: 10 }).map(keyOf))
      expect(one).to.have.lengthOf(10)
      expect(new Set([...one!, ...two!]).size).to.equal(20)
      const lookbacks = new Set(gridShare(space, { index: 0, workers: 2, iterations: 10 }).map((p) => p.lookback))
      expect(lookbacks.size).to.equal(4)
    })
  })

  for (const optimizer of ['random', 'bayesian'] as const) {
    describe(optimizer, () => {
      it('makes the same tries for the same seed and others for another', () => {
        const points = (seed: string) => search(backtested, optimizer, seed, 8).map((one) => keyOf(one.params))
        expect(points('a')).to.deep.equal(points('a'))
        const other = new Set(points('b'))
        expect(points('a').filter((point) => other.has(point)).length).to.be.below(2)
      })

      it('stays inside the space and on its steps', () => {
        for (const { params } of search(backtested, optimizer, 'inside', 15)) {
          for (const dimension of backtested.config.space) {
            const value = params[dimension.name]
            if (dimension.kind === 'list') expect(dimension.values).to.include(value)
            else {
              expect(value).to.be.within(dimension.min, dimension.max)
              const steps = (Number(value) - dimension.min) / dimension.step
              expect(Math.abs(steps - Math.round(steps))).to.be.below(1e-6)
            }
          }
        }
      })
    })
  }

  it('finds better parameters by learning than at random, over 24 seeds of 20 tries', () => {
    const best = (optimizer: 'random' | 'bayesian', seed: number) =>
      Math.max(...search(backtested, optimizer, `seed ${seed}`, 20).map((one) => one.score))
    const seeds = Array.from({ length: 24 }, (_, seed) => seed)
    const random = seeds.map((seed) => best('random', seed))
    const learnt = seeds.map((seed) => best('bayesian', seed))
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(learnt)).to.be.above(mean(random) + 0.1)
    expect(seeds.filter((seed) => learnt[seed]! > random[seed]!).length).to.be.above(14)
  })

  it('repeats no point once it learns, as long as there is another', () => {
    const list = (name: string, values: (string | number)[]) => ({ name, kind: 'list' as const, values })
    const space = [
      list('pair', ['north-south', 'east-west']),
      list('lookback', [96, 240, 300]),
      list('entry', [1.4, 2.2]),
      list('exit', [0.3]),
      list('stop', [5]),
    ]
    const small = { ...backtested, config: { ...backtested.config, space } }
    for (const seed of ['one', 'two', 'three']) {
      const points = search(small, 'bayesian', seed, 20).map((one) => keyOf(one.params))
      const atRandom = new Set(points.slice(0, 4))
      const after = points.slice(4, 4 + 12 - atRandom.size)
      expect(new Set([...atRandom, ...after]).size, seed).to.equal(12)
    }
  })
})
