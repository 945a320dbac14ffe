import { setTimeout as delay } from 'node:timers/promises'

import { expect } from 'chai'

import type { HistoryEntry, HistoryRecord, HistoryStore } from '../../../plugins/plugin-kit/src/index.js'
import { checkpointWhenLong, stillNeeded } from '../../../src/alerts/checkpoint.js'
import type { LedgerCheckpoint, LedgerClaim } from '../../../src/alerts/ledger.js'
import { LedgerView } from '../../../src/alerts/ledger-view.js'
import { sendAlerts } from '../../../src/alerts/send.js'
import { takeTurn } from '../../../src/alerts/turn.js'
import { fakeNotifier, memoryStore } from './memory-store.js'
import { minute, world } from './world.js'

/**
 * A store over a network: what is appended can be read a moment later, appends overtake one another, and entries are listed
 * by their timestamps, those of one moment in any order.
 */
function remoteStore(random: () => number): HistoryStore & { reads: number } {
  const kept: { record: HistoryRecord; tie: number }[] = []
  const store = {
    apiVersion: 1 as const,
    reads: 0,
    append: async (record: HistoryRecord) => {
      await delay(random() * 8)
      kept.push({ record: structuredClone(record), tie: random() })
      await delay(random() * 4)
    },
    async *read({ newestFirst = false } = {}): AsyncGenerator<HistoryEntry> {
      await delay(random() * 4)
      const listed = kept.toSorted((a, b) => a.record.timestamp.localeCompare(b.record.timestamp) || a.tie - b.tie)
      for (const { record } of newestFirst ? listed.reverse() : listed) {
        store.reads++
        yield { record }
      }
    },
  }
  return store
}

describe('alerts: turns in the ledger', () => {
  it('lets one of eight runs at once send, on a store that lists by time and has one time for all', async () => {
    for (let round = 0; round < 8; round++) {
      // A clock that stands still, and seven that go behind or before it.
      const { record, run, channel, now } = world({ ledger: remoteStore(Math.random) })
      record('ERROR')
      const runs = Array.from({ length: 8 }, (_none, i) => {
        const skew = round % 2 === 0 ? 0 : (i - 4) * 700
        return run({ now: () => new Date(now().getTime() + skew) })
      })
      const all = (await Promise.all(runs)).flat()
      expect(channel.sent).to.have.length(1)
      expect(all.filter((outcome) => outcome === 'delivered opened')).to.have.length(1)
      expect(all.filter((outcome) => outcome === 'not_due ')).to.have.length(7)
    }
  })

  it('gives a turn to one at a time', async () => {
    const store = remoteStore(Math.random)
    const key = { channel: 'ops', namespace: 'n', selector: 's' }
    const now = (): Date => new Date(0)
    const options = { claimMs: 60_000, now, signal: new AbortController().signal }
    const turns = await Promise.all(
      Array.from({ length: 6 }, async () => takeTurn(await new LedgerView(store, now).load(), key, options)),
    )
    expect(turns.filter(({ taken }) => taken === undefined)).to.have.length(1)
  })

  it('waits for nobody who was killed while drawing, and leaves the alert to the next run', async () => {
    const { record, run, ledger, pass, now } = world()
    record('ERROR')
    const time = now().toISOString()
    const claim = { timestamp: time, at: time, phase: 'claim', attempt: 'killed', channel: 'fake' }
    ledger.entries.push({ ...claim, namespace: 'trading-bots', selector: 'session_id=demo' })
    expect(await run()).to.deep.equal(['not_due '])
    pass(5 * minute)
    expect(await run()).to.deep.equal(['delivered opened'])
  })

  it('counts what was killed before its intent as not sent', async () => {
    const { record, run, ledger, channel, pass } = world()
    record('ERROR')
    for (let killed = 0; killed < 3; killed++) {
      const sent = channel.sent.length
      await run()
      ledger.entries.splice(-2) // neither intent nor outcome
      channel.sent.length = sent // so nothing was sent
      pass(5 * minute)
    }
    expect(await run()).to.deep.equal(['delivered opened'])
    expect(channel.sent[0]!.sequence).to.equal(1)
  })
})

describe('alerts: how far the ledger is read', () => {
  it('is not further than its newest checkpoint, however long it has grown, and what is open is not forgotten', async () => {
    let reads = 0
    const inner = memoryStore()
    const ledger: HistoryStore = {
      ...inner,
      async *read(query) {
        for await (const entry of inner.read(query)) {
          reads++
          yield entry
        }
      },
    }
    const lived = world({ ledger, repeatIntervalMs: 5 * minute })
    // Another series of the same ledger stays open all the while.
    const other = { namespace: 'other', selector: 'session_id=old' }
    lived.store.entries.push({ ...(lived.store.entries[0] ?? {}), ...other, ...openRecord(lived.now()) })
    await lived.run({ ...other, repeatIntervalMs: 1e12 })
    await lived.series(`${'E'.repeat(40)}O`.repeat(8))
    expect(inner.entries.length).to.be.greaterThan(1000)
    const checkpoints = inner.entries.filter((entry) => (entry as { phase: string }).phase === 'checkpoint')
    expect(checkpoints.length).to.be.within(3, 5)
    reads = 0
    await lived.run({ dryRun: true })
    expect(reads).to.be.lessThan(450)
    // The oldest entries may go, as they do when a person cuts the file.
    inner.entries.splice(0, inner.entries.length - 500)
    const { outcomes } = await sendAlerts(lived.options({ ...other, repeatIntervalMs: 1e12 }))
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['not_due'])
    lived.store.entries.push({ ...openRecord(lived.now()), ...other, overall_health: 'OK' })
    expect(await lived.run(other)).to.deep.equal(['delivered resolved'])
  })

  it('keeps both of two killed tries, which together count as one that arrived', async () => {
    const { record, run, ledger, pass, now } = world({ repeatIntervalMs: 5 * minute })
    record('ERROR')
    for (let killed = 0; killed < 2; killed++) {
      await run()
      ledger.entries.pop()
      pass(5 * minute)
    }
    const dead = fakeNotifier(async () => ({ delivered: false, permanent: true, reason: 'dead' }))
    await run({ channels: [{ name: 'fake', notifier: dead.notifier }] })
    expect(dead.sent.map(({ kind }) => kind)).to.deep.equal(['repeated'])
    const view = await new LedgerView(ledger, now).load()
    const entries = stillNeeded(view, now())
    ledger.entries.splice(0)
    await view.add<LedgerCheckpoint>({ phase: 'checkpoint', entries })
    pass(5 * minute)
    expect(await run()).to.deep.equal(['delivered repeated'])
  })

  it('does not leave out of a checkpoint what other runs have written since a slow one began', async () => {
    const { record, run, ledger, pass, now } = world({ repeatIntervalMs: 1e12 })
    const slow = await new LedgerView(ledger, now).load()
    record('ERROR')
    expect(await run()).to.deep.equal(['delivered opened'])
    const other = { channel: 'other', namespace: 'n', selector: 's' }
    for (let i = 0; i < 400; i++) await slow.add<LedgerClaim>({ phase: 'claim', attempt: String(i), ...other })
    pass(60 * minute)
    await checkpointWhenLong(slow, now())
    expect(await run()).to.deep.equal(['not_due '])
  })

  it('passes over what is no entry in a damaged checkpoint', async () => {
    const { record, run, ledger, now } = world()
    const time = now().toISOString()
    ledger.entries.push({ phase: 'checkpoint', timestamp: time, at: time, entries: [null, 3, 'x'] })
    record('ERROR')
    expect(await run()).to.deep.equal(['delivered opened'])
  })

  it('is a page of entries for a run that has nothing to send', async () => {
    const store = remoteStore(() => 0)
    const { record, run, pass } = world({ ledger: store })
    record('ERROR')
    await run()
    pass(minute)
    store.reads = 0
    await run()
    expect(store.reads).to.equal(4)
  })
})

function openRecord(now: Date): object {
  const counts = { jobs_ok: 0, jobs_warn: 0, jobs_error: 1 }
  return { timestamp: now.toISOString(), overall_health: 'ERROR', ...counts, raw_snapshot: null }
}
