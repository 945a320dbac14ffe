/** The conformance suite itself: a good notifier passes, and each check fails for a notifier that is bad in its way. */
import { expect } from 'chai'

import { testNotifier, type TestNotifierOptions } from '../../../plugins/plugin-kit/src/testing/index.js'
import { bad, badPrinting } from './bad-notifiers.js'
import { good, options, printing } from './good-notifiers.js'

function suiteOf(suite: TestNotifierOptions): Map<string, () => Promise<void>> {
  const checks = new Map<string, () => Promise<void>>()
  const framework = {
    describe: (_title: string, register: () => void) => register(),
    it: (title: string, run: () => Promise<void>) => void checks.set(title, run),
  }
  testNotifier(framework, suite)
  return checks
}

async function failures(suite: TestNotifierOptions, check = ''): Promise<string[]> {
  const failing: string[] = []
  for (const [title, run] of suiteOf(suite)) if (title.startsWith(check)) await run().catch(() => failing.push(title))
  return failing
}

describe('kit: the suite of a notifier', () => {
  const { name, settings, secrets, maxBody } = options
  const silent = { name, settings, secrets, maxBody }

  it('passes a good notifier', async () => {
    expect(await failures({ ...options, open: good })).to.deep.equal([])
    expect(await failures({ ...silent, open: (host) => printing(host) })).to.deep.equal([])
  })

  for (const [check, what, open] of bad)
    it(`${check} … fails one ${what}`, async () => {
      expect(await failures({ ...options, open }, check)).to.have.length(1)
    })
  for (const [check, what, open] of badPrinting)
    it(`${check} … fails one ${what}`, async () => {
      expect(await failures({ ...silent, open }, check)).to.have.length(1)
    })

  it('has a bad notifier for every check', () => {
    const titles = [...suiteOf({ ...options, open: good }).keys()]
    const seen = [...bad, ...badPrinting].map(([check]) => check)
    expect(titles.filter((title) => !seen.some((check) => title.startsWith(check)))).to.deep.equal([])
  })
})
