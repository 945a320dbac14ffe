import { expect } from 'chai'

import { sendAlerts } from '../../../src/alerts/send.js'
import { fakeNotifier } from './memory-store.js'
import { minute, world } from './world.js'

describe('alerts: sending', () => {
  it('sends an incident once, again when it worsens, again after the interval, and its end', async () => {
    const { record, run, pass, channel } = world()
    const told: string[][] = []
    for (const health of ['OK', 'WARN', 'WARN', 'ERROR', 'ERROR', 'OK', 'OK'] as const) {
      record(health)
      told.push(await run())
      pass(5 * minute)
    }
    expect(told).to.deep.equal([
      [],
      ['delivered opened'],
      ['not_due '],
      ['delivered worse'],
      ['not_due '],
      ['delivered resolved'],
      [],
    ])
    const ids = new Set(channel.sent.map((alert) => alert.incident.id))
    expect(ids.size).to.equal(1)
    expect(channel.sent.map((alert) => alert.severity)).to.deep.equal(['WARN', 'CRITICAL', 'INFO'])
    expect(channel.sent[2]!.incident).to.include({ current_health: 'OK', previous_health: 'ERROR' })
    expect(channel.sent[2]!.incident.summary).to.equal('Health is OK again after at most 20m.')
  })

  it('repeats an open incident after the interval, not before', async () => {
    const { record, run, pass } = world()
    record('ERROR')
    const told: string[][] = []
    for (const wait of [0, 239, 1, 239, 1]) {
      pass(wait * minute)
      told.push(await run())
    }
    expect(told.flat()).to.deep.equal([
      'delivered opened',
      'not_due ',
      'delivered repeated',
      'not_due ',
      'delivered repeated',
    ])
  })

  it('tells the end of one incident and the start of the next in one run', async () => {
    const { record, run, pass, channel } = world()
    record('ERROR')
    await run()
    for (const health of ['OK', 'ERROR'] as const) {
      pass(minute)
      record(health)
    }
    expect(await run()).to.deep.equal(['delivered resolved', 'delivered opened'])
    expect(channel.sent[1]!.incident.id).to.equal(channel.sent[0]!.incident.id)
    expect(channel.sent[2]!.incident.id).to.not.equal(channel.sent[0]!.incident.id)
  })

  it('says nothing of an end where nothing of the start was said', async () => {
    const { record, run } = world()
    record('ERROR')
    record('OK')
    expect(await run()).to.deep.equal([])
  })

  it('tries a failed channel again next time, and only that one', async () => {
    const { record, options, channel } = world()
    record('ERROR')
    let works = false
    const flaky = fakeNotifier(async () =>
      works ? { delivered: true } : { delivered: false, permanent: false, reason: '503' },
    )
    const channels = [
      { name: 'flaky', notifier: flaky.notifier },
      { name: 'fake', notifier: channel.notifier },
    ]
    const first = await sendAlerts(options({ channels }))
    expect(first.complete).to.equal(false)
    expect(first.outcomes.map(({ status, reason }) => `${status}: ${reason}`)).to.deep.equal([
      'failed: 503',
      'delivered: the incident is new',
    ])
    works = true
    const second = await sendAlerts(options({ channels }))
    expect(second.outcomes.map(({ status }) => status)).to.deep.equal(['delivered', 'not_due'])
    expect([flaky.sent.length, channel.sent.length]).to.deep.equal([2, 1])
  })

  it('is not stopped by a channel that throws, hangs, answers nonsense, spoils the alert or was not loaded', async () => {
    const { record, options, channel } = world()
    record('ERROR')
    const bad = {
      throws: fakeNotifier(() => Promise.reject(new Error('no way\nto https://user:pw@host/x'))).notifier,
      hangs: fakeNotifier(() => new Promise(() => undefined)).notifier,
      nonsense: fakeNotifier(async () => 'ok').notifier,
    }
    const spoils = fakeNotifier()
    spoils.notifier.send = async (alert) => {
      alert.incident.id = 'spoilt'
      return { delivered: true }
    }
    const channels = [
      ...Object.entries(bad).map(([name, notifier]) => ({ name, notifier })),
      { name: 'missing', error: 'no installed plugin provides it' },
      { name: 'spoils', notifier: spoils.notifier },
      { name: 'fake', notifier: channel.notifier },
    ]
    const { outcomes, complete } = await sendAlerts(options({ channels, timeoutMs: 30 }))
    expect(complete).to.equal(false)
    expect(
      Object.fromEntries(outcomes.map((outcome) => [outcome.channel, `${outcome.status}: ${outcome.reason}`])),
    ).to.deep.equal({
      throws: 'failed: no way to https://********@host/x',
      hangs: 'failed: no answer within 30ms',
      nonsense: 'failed: the plugin did not say whether the alert was delivered',
      missing: 'failed: no installed plugin provides it',
      spoils: 'delivered: the incident is new',
      fake: 'delivered: the incident is new',
    })
    expect(channel.sent[0]!.incident.id).to.match(/^[0-9a-f]{12}$/)
  })

  it('shows everything in a dry-run and changes nothing', async () => {
    const { record, run, channel, ledger, options } = world()
    record('ERROR')
    expect(await run({ dryRun: true })).to.deep.equal(['would_send opened'])
    expect([channel.sent, ledger.entries]).to.deep.equal([[], []])
    await run()
    const { outcomes } = await sendAlerts(options({ dryRun: true }))
    expect(outcomes[0]).to.include({ status: 'previewed', kind: null })
    expect(outcomes[0]!.reason).to.include('it was sent')
    expect(outcomes[0]!.preview!.body).to.equal('🚨 K8s Alert: CRITICAL – trading-bots')
    expect(channel.sent).to.have.length(1)
  })
})

describe('alerts: the ledger', () => {
  it('has the intent before the send and the outcome behind it', async () => {
    const { record, run, ledger, channel } = world()
    record('ERROR')
    const seen: string[] = []
    channel.notifier.send = async () => {
      seen.push(...ledger.entries.map((entry) => (entry as { phase: string }).phase))
      return { delivered: true }
    }
    await run()
    expect(seen).to.deep.equal(['claim', 'turn', 'intent'])
    expect(ledger.entries.map((entry) => (entry as { phase: string }).phase)).to.deep.equal([
      'claim',
      'turn',
      'intent',
      'outcome',
    ])
  })

  it('sends nothing when the intent cannot be stored', async () => {
    const { record, options, ledger, channel } = world()
    record('ERROR')
    ledger.append = () => Promise.reject(new Error('no space left on the device'))
    const { outcomes } = await sendAlerts(options())
    expect(outcomes[0]).to.include({ status: 'failed' })
    expect(outcomes[0]!.reason).to.include('no space left')
    expect(channel.sent).to.deep.equal([])
  })

  it('sends an alert that was killed in the middle once more, with the same id, and then no more', async () => {
    const { record, run, pass, ledger, channel } = world()
    record('ERROR')
    const killed = async (): Promise<void> => {
      await run()
      ledger.entries.pop() // the outcome was never written
      pass(5 * minute)
    }
    await killed()
    await killed()
    expect(await run()).to.deep.equal(['not_due '])
    expect(channel.sent).to.have.length(2)
    expect(new Set(channel.sent.map((alert) => alert.incident.id)).size).to.equal(1)
  })

  it('leaves a fresh attempt of another run alone', async () => {
    const { record, run, pass, ledger } = world()
    record('ERROR')
    await run()
    ledger.entries.pop()
    pass(1000)
    expect(await run()).to.deep.equal(['not_due '])
    pass(minute)
    expect(await run()).to.deep.equal(['delivered opened'])
  })

  it('lets two runs at once send once', async () => {
    for (let round = 0; round < 20; round++) {
      const { record, run, channel } = world()
      record('ERROR')
      const all = (await Promise.all([run(), run(), run()])).flat()
      expect(channel.sent).to.have.length(1)
      expect(all.sort()).to.deep.equal(['delivered opened', 'not_due ', 'not_due '])
    }
  })

  it('is read around damage and foreign lines', async () => {
    const { record, run, ledger } = world()
    record('ERROR')
    ledger.entries.push({ timestamp: 'x' }, { phase: 'intent' }, { phase: 'outcome', attempt: 'none' })
    expect(await run()).to.deep.equal(['delivered opened'])
  })

  it('tells of its damage once a run, and what may come of it', async () => {
    const { record, run, options, ledger } = world()
    record('ERROR')
    await run()
    expect((await sendAlerts(options())).notes.join(' ')).to.not.include('damaged')
    const read = ledger.read.bind(ledger)
    ledger.read = async function* (query) {
      for await (const entry of read(query))
        yield 'record' in entry && (entry.record as object as { phase: string }).phase === 'outcome'
          ? { damaged: { where: 'line 4', reason: 'it is not JSON' } }
          : entry
    }
    ledger.entries.push({ timestamp: '2025-11-16T10:00:00Z', phase: 'intent' })
    const { notes, ledgerDamage } = await sendAlerts(
      options({ deadlineMs: 0, now: () => new Date(Date.UTC(2025, 10, 17)) }),
    )
    expect(ledgerDamage.count).to.equal(2)
    expect(notes.filter((note) => note.includes('damaged'))).to.deep.equal([
      '2 damaged entries in the delivery ledger skipped (entry of 2025-11-16T10:00:00Z: it is no entry of a ledger; ' +
        'line 4: it is not JSON): what was sent may be sent once more.',
    ])
  })
})
