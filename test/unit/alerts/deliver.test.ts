import { expect } from 'chai'

import type { Delivery, Notifier } from '../../../plugins/plugin-kit/src/index.js'
import { sampleAlert } from '../../../plugins/plugin-kit/src/testing/index.js'
import { deliver, type DeliverOptions } from '../../../src/alerts/deliver.js'

type Answer = Delivery | Error | 'hang' | { odd: unknown }

const passing: Delivery = { delivered: false, permanent: false, reason: 'busy' }
const lasting: Delivery = { delivered: false, permanent: true, reason: 'gone' }
const arrived: Delivery = { delivered: true }

/** Sends through a notifier that answers in turn, the last answer for ever; waits are as short as they may be. */
async function sendThrough(answers: Answer[], options: Partial<DeliverOptions> = {}) {
  let tries = 0
  const notifier = {
    apiVersion: 1,
    preview: () => Promise.reject(new Error('not asked')),
    send: () => {
      const answer = answers[Math.min(tries++, answers.length - 1)]!
      if (answer === 'hang') return new Promise(() => undefined)
      if (answer instanceof Error) throw answer
      return Promise.resolve('odd' in answer ? answer.odd : answer)
    },
  } as unknown as Notifier
  const signal = new AbortController().signal
  const limits = { timeoutMs: 20, deadlineMs: 2000, random: () => 0 }
  const result = await deliver(notifier, sampleAlert(), { ...limits, signal, ...options })
  return { result, tries }
}

describe('alerts: delivering', () => {
  it('takes a plugin that throws nothing for one that failed', async () => {
    for (const nothing of [null, undefined]) {
      const { result, tries } = await sendThrough([{ odd: Promise.reject(nothing) }], { deadlineMs: 0 })
      expect(result).to.deep.equal({ delivered: false, permanent: false, reason: String(nothing), tries: 1 })
      expect(tries).to.equal(1)
    }
  })

  it('tries again what failed for the moment, and counts', async () => {
    for (const failure of [passing, new Error('connection cut'), { odd: null }, { odd: { delivered: 'yes' } }]) {
      const { result, tries } = await sendThrough([failure, failure, arrived])
      expect(result).to.deep.equal({ delivered: true, tries: 3 })
      expect(tries).to.equal(3)
    }
  })

  it('tries again what hung', async () => {
    const { result } = await sendThrough(['hang', arrived])
    expect(result).to.deep.equal({ delivered: true, tries: 2 })
  })

  it('tries once what cannot succeed', async () => {
    const refused = Object.assign(new Error('the address is refused'), { permanent: true })
    const unset = Object.assign(new Error('webhook_url is missing'), { code: 'ERR_SETTINGS' })
    for (const failure of [lasting, refused, unset]) {
      const { result, tries } = await sendThrough([failure, arrived])
      const reason = failure instanceof Error ? failure.message : 'gone'
      expect(result).to.deep.equal({ delivered: false, permanent: true, reason, tries: 1 })
      expect(tries).to.equal(1)
    }
  })

  it('ends at the deadline and tells the tries', async () => {
    const { result, tries } = await sendThrough([passing], { deadlineMs: 450 })
    expect(tries).to.be.within(2, 5)
    expect(result).to.include({ delivered: false, permanent: false, tries })
    expect((result as { reason: string }).reason).to.match(/^busy \(\d tries in \d+ms\)$/)
  })

  it('with a deadline of 0 tries once', async () => {
    const { result } = await sendThrough([passing, arrived], { deadlineMs: 0 })
    expect(result).to.deep.equal({ ...passing, tries: 1 })
  })

  it('waits as long as the service asks where that fits, and gives up at once where it does not', async () => {
    const soon = { ...passing, retry_after_seconds: 0.3 }
    const start = performance.now()
    expect((await sendThrough([soon, arrived])).result).to.deep.equal({ delivered: true, tries: 2 })
    expect(performance.now() - start).to.be.greaterThan(295)
    const late = await sendThrough([{ ...passing, retry_after_seconds: 60 }, arrived])
    expect(late.result).to.deep.include({ delivered: false, tries: 1 })
    expect(late.result).to.have.property('reason', 'busy; the next try is wanted after 60s, past the deadline of 2s')
  })

  it('grows the waits at random below a bound that doubles', async () => {
    const bounds: number[] = []
    let last = performance.now()
    const random = (): number => {
      bounds.push(performance.now() - last)
      last = performance.now()
      return 0.999
    }
    const { tries } = await sendThrough([passing], { deadlineMs: 2400, random })
    expect(tries).to.equal(3)
    expect(bounds[1]).to.be.greaterThan(490)
    expect(bounds[2]).to.be.greaterThan(990)
  })

  it('ends when it is interrupted, between tries and within one', async () => {
    for (const answer of [passing, 'hang'] as const) {
      const controller = new AbortController()
      setTimeout(() => controller.abort(new Error('stop')), 30)
      const options = { signal: controller.signal, timeoutMs: 60_000, deadlineMs: 60_000, random: () => 0.9 }
      const { result, tries } = await sendThrough([answer], options)
      expect(result.delivered).to.equal(false)
      expect(tries).to.equal(1)
    }
  })

  it('hands on what the channel says of a delivery, as plain and bounded data', async () => {
    const undelivered = [{ to: 'a@example.com', reason: 'no such\nuser' }, 'odd', { to: 7 }]
    const { result } = await sendThrough([
      { odd: { delivered: true, detail: 'as \u001b[31m17', reference: { ts: '1.2' }, undelivered } },
    ])
    expect(result).to.deep.equal({
      delivered: true,
      detail: 'as 17',
      reference: { ts: '1.2' },
      undelivered: [{ to: 'a@example.com', reason: 'no such user' }],
      tries: 1,
    })
    const circular: Record<string, unknown> = {}
    circular.self = circular
    for (const reference of [circular, 'x'.repeat(20_000), () => 1]) {
      const odd = await sendThrough([{ odd: { delivered: true, reference, undelivered: 'odd' } }])
      expect(odd.result).to.deep.equal({ delivered: true, tries: 1 })
    }
  })

  it('shows a reason without credentials, controls and endless text', async () => {
    const reason = `no way to https://me:geheim@example.com/x \u001b[2J${'y'.repeat(1000)}`
    const { result } = await sendThrough([{ delivered: false, permanent: true, reason }])
    const shown = (result as { reason: string }).reason
    expect(shown).to.include('https://********@example.com/x').and.not.include('\u001b')
    expect(shown).to.have.length(500)
    expect((await sendThrough([{ odd: { delivered: false, permanent: true } }])).result).to.have.property(
      'reason',
      'no reason was given',
    )
  })
})
