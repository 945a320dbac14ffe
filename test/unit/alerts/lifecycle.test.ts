import { expect } from 'chai'

import type { Alert } from '../../../plugins/plugin-kit/src/index.js'
import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import { replayAlerts } from '../../../src/alerts/replay.js'
import { sendAlerts, type SendOptions } from '../../../src/alerts/send.js'
import { Series } from '../../../src/alerts/series.js'
import { defaultLifecycle } from '../../../src/base/alert-rules.js'
import { fakeNotifier } from './memory-store.js'
import { healthOf, minute, world } from './world.js'

const rules = (fields: Partial<typeof defaultLifecycle>) => ({ lifecycle: { ...defaultLifecycle, ...fields } })

describe('alerts: when an incident begins and ends', () => {
  it('opens after K bad records and closes after M good ones, from the first record of the run on', async () => {
    const { series, channel, store } = world()
    expect(await series('OEOEEOEOOEO', rules({ openAfter: 2, closeAfter: 2 }))).to.equal(
      '. . . . opened . . . resolved . .',
    )
    const [opened, resolved] = channel.sent as [Alert, Alert]
    expect(opened.incident.started_at).to.equal((store.entries[3] as { timestamp: string }).timestamp)
    expect(resolved.incident.id).to.equal(opened.incident.id)
  })

  it('keeps the id through good records that do not end it', async () => {
    const { series, channel } = world({ ...rules({ closeAfter: 3 }), repeatIntervalMs: 5 * minute })
    expect(await series('OEOEOOE')).to.equal('. opened repeated repeated repeated repeated repeated')
    expect(new Set(channel.sent.map(({ incident }) => incident.id)).size).to.equal(1)
    expect(channel.sent.map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(channel.sent[1]!.incident.current_health).to.equal('ERROR')
  })

  it('does not depend on how much of the history is kept whole', () => {
    const letters = `OO${'EW'.repeat(40)}${'E'.repeat(30)}`
    const situations = [2, 5, 500].map((historyLimit) => {
      const series = new Series({ ...defaultLifecycle, historyLimit, eventsLimit: 10 }, true)
      for (const [i, letter] of [...letters].entries())
        series.push(sampleRecord(i, { overall_health: healthOf[letter]! }))
      const { id, started_at, previous_health, current_health } = series.situation()!.incident!
      return { id, started_at, previous_health, current_health }
    })
    expect(situations[0]).to.deep.equal(situations[2])
    expect(situations[1]).to.deep.equal(situations[2])
    expect(situations[0]).to.include({ previous_health: 'WARN', started_at: sampleRecord(2).timestamp })
  })
})

describe('alerts: flapping', () => {
  it('is told once, single changes are not, and the end is told when it has been calm for a window', async () => {
    const { series, channel } = world()
    const told = await series(`O${'EO'.repeat(6)}${'O'.repeat(14)}`)
    expect(told.split(' ').filter((entry) => entry !== '.')).to.deep.equal([
      'opened',
      'resolved',
      'opened',
      'resolved',
      'opened',
      'flapping',
      'resolved',
    ])
    const flapping = channel.sent.find(({ kind }) => kind === 'flapping')!
    expect(flapping.incident.summary).to.match(/^6 changes of state within 1h; now OK\./)
    expect(flapping.payload.incident.flapping).to.equal(true)
    expect(channel.sent.at(-1)!.incident.id).to.equal(flapping.incident.id)
  })

  it('is told again when it begins anew after it was told as over, also where runs are rare', async () => {
    const { record, run, pass } = world()
    const unseen = (letters: string): void => {
      for (const letter of letters) {
        record(healthOf[letter]!)
        pass(5 * minute)
      }
    }
    const told: string[] = []
    for (const letters of ['OEOEOEOEO', 'O'.repeat(30), 'EOEOEOEO', 'O'.repeat(30)]) {
      unseen(letters)
      told.push(...(await run()))
    }
    expect(told).to.deep.equal(['delivered flapping', 'delivered resolved', 'delivered flapping', 'delivered resolved'])
  })

  it('tells the incident that is open when it is calm', async () => {
    const { series } = world()
    const told = await series(`O${'EO'.repeat(4)}${'E'.repeat(25)}`)
    expect(
      told
        .split(' ')
        .filter((entry) => entry !== '.')
        .slice(5),
    ).to.deep.equal(['flapping', 'resolved+opened'])
  })

  it('is told of when it gets worse, and again after the interval while it is open', async () => {
    const { series } = world({ repeatIntervalMs: 30 * minute })
    const told = await series('OWOWOWOWOEOEOEOEOE')
    expect(told).to.equal('. opened resolved opened resolved opened flapping . . worse . . . . . repeated . .')
  })

  it('is not looked for with 0', async () => {
    const told = await world().series('OEOEOEOEO', rules({ flapChanges: 0 }))
    expect(told).to.equal('. opened resolved opened resolved opened resolved opened resolved')
  })
})

describe('alerts: any history', () => {
  /** Numbers below 1 from a seed, the same each time. */
  const randomOf = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const randomRules = (random: () => number): Partial<SendOptions> => ({
    ...rules({
      openAfter: 1 + Math.floor(random() * 3),
      closeAfter: 1 + Math.floor(random() * 3),
      flapChanges: [0, 3, 6][Math.floor(random() * 3)]!,
    }),
    repeatIntervalMs: (10 + Math.floor(random() * 300)) * minute,
  })
  const lettersOf = (random: () => number, length: number): string => {
    let last = 'O'
    const letters = Array.from({ length }, () => (last = random() < 0.6 ? last : 'OWE'[Math.floor(random() * 3)]!))
    return letters.join('')
  }

  it('never opens twice what is open, ends each at most once, and counts on', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const random = randomOf(seed)
      const { series, channel } = world(randomRules(random))
      let works = true
      channel.notifier.send = (alert) => {
        works = random() < 0.8
        if (works) channel.sent.push(alert)
        return Promise.resolve(works ? { delivered: true } : { delivered: false, permanent: true, reason: '503' })
      }
      await series(`${lettersOf(random, 60)}${'O'.repeat(40)}`)
      for (const id of new Set(channel.sent.map(({ incident }) => incident.id))) {
        const alerts = channel.sent.filter(({ incident }) => incident.id === id)
        const kinds = alerts.map(({ kind }) => kind)
        const said = `seed ${seed}, incident ${id}: ${kinds.join(' ')}`
        expect(kinds.filter((kind) => kind === 'opened').length, said).to.be.at.most(1)
        expect(kinds.filter((kind) => kind === 'resolved').length, said).to.equal(1)
        expect(kinds.at(-1), said).to.equal('resolved')
        expect(
          alerts.map(({ sequence }) => sequence),
          said,
        ).to.deep.equal(alerts.map((_alert, i) => i + 1))
        expect(new Set(alerts.map((alert) => alert.id)).size, said).to.equal(alerts.length)
      }
    }
  })

  it('is replayed as it was lived', async () => {
    for (let seed = 100; seed < 106; seed++) {
      const random = randomOf(seed)
      const lived = world(randomRules(random))
      const channels = [{ name: 'fake', notifier: lived.channel.notifier }]
      await lived.series(lettersOf(random, 80), { channels })
      const replay = await replayAlerts({
        ...lived.options({ channels }),
        since: new Date(0),
      })
      const shown = ({ kind, incident }: { kind: unknown; incident: string }) => `${String(kind)} ${incident}`
      expect(replay.entries.map(shown), `seed ${seed}`).to.deep.equal(
        lived.channel.sent.map(({ kind, incident }) => shown({ kind, incident: incident.id })),
      )
      expect(replay.records).to.equal(80)
    }
  })

  it('is replayed from the middle as from the start', async () => {
    for (let seed = 200; seed < 205; seed++) {
      const random = randomOf(seed)
      const past = world(randomRules(random))
      for (const letter of lettersOf(random, 120)) {
        past.record(healthOf[letter]!)
        past.pass(5 * minute)
      }
      const whole = await replayAlerts({ ...past.options(), since: new Date(0) })
      const since = new Date(past.now().getTime() - 200 * minute)
      const part = await replayAlerts({ ...past.options(), since })
      const later = whole.entries.filter(({ at }) => new Date(at) >= since)
      // Where a repetition falls depends on when the first of them was.
      const lasting = (entries: typeof later) => entries.filter(({ kind }) => kind === 'opened' || kind === 'resolved')
      if (past.options().lifecycle!.flapChanges === 0) expect(lasting(part.entries)).to.deep.equal(lasting(later))
      expect(part.records).to.be.lessThan(whole.records)
    }
  })
})

describe('alerts: what the clock does', () => {
  it('does not take an attempt for under way for ever when the clock is set back', async () => {
    const { record, run, ledger, pass } = world()
    record('ERROR')
    await run()
    ledger.entries.pop()
    pass(-30 * 24 * 60 * minute)
    expect(await run()).to.deep.equal(['delivered opened'])
    expect(await run()).to.deep.equal(['not_due '])
  })

  it('repeats once, and not for ever, when the clock is set back behind a delivery', async () => {
    const { record, run, pass } = world()
    record('ERROR')
    await run()
    pass(-24 * 60 * minute)
    expect([await run(), await run()].flat()).to.deep.equal(['delivered repeated', 'not_due '])
  })

  it('says by when the next word is due while it is open', async () => {
    const { series, channel, now } = world()
    await series('EO')
    const [opened, resolved] = channel.sent as [Alert, Alert]
    expect(Date.parse(opened.expires_at!)).to.be.greaterThan(now().getTime() + 230 * minute)
    expect(resolved.expires_at).to.equal(null)
  })

  it('hands back what the last delivery about the incident returned', async () => {
    const channel = fakeNotifier(async () => ({ delivered: true, reference: { ts: `${channel.sent.length}` } }))
    const { series } = world({ channels: [{ name: 'bot', notifier: channel.notifier }] })
    await series('OWEOE')
    expect(channel.sent.map(({ kind, previous }) => [kind, previous])).to.deep.equal([
      ['opened', null],
      ['worse', { ts: '1' }],
      ['resolved', { ts: '2' }],
      ['opened', null],
    ])
  })

  it('tells an end of which the beginning could not be delivered, once the channel works', async () => {
    let works = false
    const channel = fakeNotifier(async () =>
      works ? { delivered: true } : { delivered: false, permanent: true, reason: 'no_service' },
    )
    const lived = world({ channels: [{ name: 'dead', notifier: channel.notifier }] })
    await lived.series('OEO')
    const { neverDelivered } = await sendAlerts(lived.options())
    expect(neverDelivered).to.deep.equal([])
    works = true
    expect(await lived.series('OO')).to.equal('resolved .')
    expect(channel.sent.at(-1)!.incident.summary).to.include('Its beginning could not be delivered.')
  })
})
