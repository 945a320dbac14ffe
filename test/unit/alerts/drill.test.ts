import { expect } from 'chai'

import type { Delivery } from '../../../plugins/plugin-kit/src/index.js'
import { sendDrill } from '../../../src/alerts/drill.js'

describe('alerts: a drill', () => {
  const drill = async (now: number, answers: Delivery[]) => {
    const ids: string[] = []
    const notifier = {
      apiVersion: 1 as const,
      preview: () => Promise.reject(new Error('not asked')),
      send: (alert: { id: string }) => {
        ids.push(alert.id)
        return Promise.resolve(answers.shift()!)
      },
    }
    const [outcome] = await sendDrill({
      namespace: 'trading-bots',
      selector: 'drill',
      channels: [{ name: 'ops', notifier }],
      dryRun: false,
      timeoutMs: 1000,
      now: () => new Date(now),
      signal: new AbortController().signal,
    })
    return { outcome, ids }
  }

  it('tells the tries and whom it did not reach', async () => {
    const undelivered = [{ to: 'a@example.com', reason: 'no such user' }]
    const { outcome, ids } = await drill(1, [
      { delivered: false, permanent: false, reason: 'busy' },
      { delivered: true, undelivered },
    ])
    expect(outcome).to.deep.include({ status: 'delivered', tries: 2, undelivered })
    expect(ids).to.deep.equal(['drill-1', 'drill-1'])
    const failed = await drill(1, [{ delivered: false, permanent: true, reason: 'gone' }])
    expect(failed.outcome).to.deep.include({ status: 'failed', tries: 1, reason: 'gone' })
  })

  it('has an id of its own each time, so that no receiver drops it as a double', async () => {
    expect((await drill(1, [{ delivered: true }])).ids).to.not.deep.equal((await drill(2, [{ delivered: true }])).ids)
  })
})
