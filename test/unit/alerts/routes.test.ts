import { expect } from 'chai'

import type { Incident } from '../../../plugins/plugin-kit/src/index.js'
import { sampleAlert } from '../../../plugins/plugin-kit/src/testing/index.js'
import { toldChannels } from '../../../src/alerts/left-open.js'
import { inWindow, matchesIncident, routeChannels, silenceNotes, silenceOf } from '../../../src/alerts/match.js'
import { sendAlerts } from '../../../src/alerts/send.js'
import type { Route, Silence } from '../../../src/base/alert-rules.js'
import { parseSelector } from '../../../src/base/selector.js'
import { fakeNotifier } from './memory-store.js'
import { minute, world } from './world.js'

const incident = (fields: Partial<Incident> = {}): Incident => ({ ...sampleAlert().incident, ...fields })
const noon = new Date('2026-01-05T12:00:00Z') // a Monday
const route = (channels: string[], match: Route['match'] = {}, more = false): Route => ({
  match,
  channels,
  continue: more,
})

describe('alerts: routes', () => {
  it('match by severity, namespace with wildcards and labels', () => {
    const cases: [Route['match'], Partial<Incident>, boolean][] = [
      [{}, {}, true],
      [{ severity: ['CRITICAL'] }, { severity: 'CRITICAL' }, true],
      [{ severity: ['CRITICAL'] }, { severity: 'WARN' }, false],
      [{ namespace: ['team-*', 'x'] }, { namespace: 'team-a' }, true],
      [{ namespace: ['team-*'] }, { namespace: 'a-team-a' }, false],
      [{ namespace: ['a.b'] }, { namespace: 'axb' }, false],
      [{ labels: parseSelector('mode in (live),!test') }, { labels: { mode: 'live' } }, true],
      [{ labels: parseSelector('mode=live') }, { labels: {} }, false],
    ]
    for (const [match, fields, expected] of cases)
      expect(matchesIncident(match, incident(fields), noon), JSON.stringify([match, fields])).to.equal(expected)
  })

  it('are tried in order: the first that fits, and with continue those behind it', () => {
    const routes = [
      route(['pager'], { severity: ['CRITICAL'] }, true),
      route(['team'], { namespace: ['trading-*'] }),
      route(['rest']),
    ]
    const to = (fields: Partial<Incident>) => routeChannels(routes, incident(fields), noon)
    expect(to({ severity: 'CRITICAL' })).to.deep.equal(['pager', 'team'])
    expect(to({ severity: 'WARN' })).to.deep.equal(['team'])
    expect(to({ severity: 'WARN', namespace: 'x' })).to.deep.equal(['rest'])
    expect(routeChannels(routes.slice(0, 2), incident({ severity: 'WARN', namespace: 'x' }), noon)).to.equal(undefined)
  })

  it('tell the end to whoever was told of the beginning, though the incident is another’s by then', async () => {
    const [night, day] = [fakeNotifier(), fakeNotifier()]
    const { record, pass, run } = world({
      channels: [
        { name: 'night', notifier: night.notifier, standby: true },
        { name: 'day', notifier: day.notifier, standby: true },
      ],
      routes: [
        route(['night'], { time: { from: 0, to: 11 * 60, zone: 'UTC' } }),
        route(['day'], { time: { from: 11 * 60, to: 24 * 60, zone: 'UTC' } }),
      ],
    })
    record('ERROR')
    expect(await run()).to.deep.equal(['delivered opened'])
    pass(65 * minute)
    record('ERROR')
    expect(await run()).to.deep.equal(['delivered opened'])
    pass(5 * minute)
    record('OK')
    expect(await run()).to.deep.equal(['delivered resolved', 'delivered resolved'])
    expect([night, day].map(({ sent }) => sent.map(({ kind }) => kind).join(' '))).to.deep.equal([
      'opened resolved',
      'opened resolved',
    ])
  })

  it('say so where nobody is told', async () => {
    const { record, options } = world()
    record('ERROR')
    const channels = [{ name: 'x', notifier: fakeNotifier().notifier, standby: true }]
    const result = await sendAlerts(options({ channels, routes: [route(['x'], { severity: ['WARN'] })] }))
    expect(result.outcomes).to.deep.equal([])
    expect(result.notes.join()).to.match(/^No route fits incident [0-9a-f]{12}: nobody is told\./)
  })
})

describe('alerts: time windows', () => {
  const zone = 'Europe/Berlin'
  const at = (text: string, window: Parameters<typeof inWindow>[0]) => inWindow(window, new Date(text))

  it('go by the clock on the wall, in winter and in summer', () => {
    const work = { days: [1, 2, 3, 4, 5], from: 9 * 60, to: 17 * 60, zone }
    expect(at('2026-01-05T08:00:00Z', work)).to.equal(true) // 09:00
    expect(at('2026-01-05T07:59:00Z', work)).to.equal(false)
    expect(at('2026-07-06T07:00:00Z', work)).to.equal(true) // 09:00 in summer
    expect(at('2026-07-06T15:00:00Z', work)).to.equal(false) // 17:00 in summer
    expect(at('2026-01-04T10:00:00Z', work)).to.equal(false) // Sunday
    expect(at('2026-01-04T23:30:00Z', { ...work, from: 0, to: 60 })).to.equal(true) // Monday there
  })

  it('hold over the nights in which the clocks change', () => {
    const early = { from: 2 * 60, to: 3 * 60, zone }
    // On 29 March 02:00 to 03:00 does not happen; on 25 October it happens twice.
    expect(at('2026-03-29T00:59:00Z', early)).to.equal(false)
    expect(at('2026-03-29T01:00:00Z', early)).to.equal(false)
    expect(at('2026-10-25T00:30:00Z', early)).to.equal(true)
    expect(at('2026-10-25T01:30:00Z', early)).to.equal(true)
    expect(at('2026-10-25T02:00:00Z', early)).to.equal(false)
  })

  it('go over midnight with the day that they begin on', () => {
    const friday = { days: [5], from: 22 * 60, to: 6 * 60, zone: 'UTC' }
    expect(at('2026-01-09T23:00:00Z', friday)).to.equal(true)
    expect(at('2026-01-10T05:59:00Z', friday)).to.equal(true)
    expect(at('2026-01-10T06:00:00Z', friday)).to.equal(false)
    expect(at('2026-01-09T05:00:00Z', friday)).to.equal(false)
  })
})

describe('alerts: silences', () => {
  const silence = (fields: Partial<Silence> = {}): Silence => ({
    match: {},
    until: noon.getTime() + 60 * minute,
    reason: 'new disks',
    where: 'arbk8s.yaml:3',
    ...fields,
  })

  it('hold from their beginning to their end', () => {
    const found = (fields: Partial<Silence>) => silenceOf([silence(fields)], incident(), noon) !== undefined
    expect(found({})).to.equal(true)
    expect(found({ until: noon.getTime() })).to.equal(false)
    expect(found({ from: noon.getTime() + 1 })).to.equal(false)
    expect(found({ match: { severity: ['WARN'] } })).to.equal(false)
  })

  it('are noted when they have ended and when they are long', () => {
    const month = 31 * 24 * 60 * minute
    const notes = silenceNotes([silence({ until: 0 }), silence({ until: noon.getTime() + month }), silence()], noon)
    expect(notes).to.have.length(2)
    expect(notes[0]).to.include('arbk8s.yaml:3').and.include('take it out')
    expect(notes[1]).to.include('more than 30 days')
  })

  it('are recorded once, keep the alert back, and let it out at their end; the end of what was told goes out', async () => {
    const { record, run, pass, ledger, options, now } = world()
    record('ERROR')
    const silences = [silence({ until: now().getTime() + 12 * minute })]
    expect(await run({ silences })).to.deep.equal(['silenced opened'].map(() => 'silenced '))
    pass(5 * minute)
    const { notes, complete } = await sendAlerts(options({ silences }))
    expect(notes[0]).to.match(/^CRITICAL incident [0-9a-f]{12} is silenced until .*: new disks$/)
    expect(complete).to.equal(true)
    expect(ledger.entries.map((entry) => (entry as { phase: string }).phase)).to.deep.equal(['silenced'])
    pass(10 * minute)
    expect(await run({ silences })).to.deep.equal(['delivered opened'])
    pass(minute)
    record('OK')
    expect(await run({ silences: [silence({ until: now().getTime() + minute })] })).to.deep.equal([
      'delivered resolved',
    ])
  })
})

describe('alerts: a channel that stands in', () => {
  const dead = () => fakeNotifier(async () => ({ delivered: false, permanent: true, reason: 'no_service' }))

  it('gets once what could not be delivered, says so, and is told the end; the failure stays one', async () => {
    const [ops, mail] = [dead(), fakeNotifier()]
    const { record, pass, options } = world({
      channels: [
        { name: 'ops', notifier: ops.notifier, fallback: 'mail' },
        { name: 'mail', notifier: mail.notifier, standby: true },
      ],
    })
    const step = async (health: 'OK' | 'ERROR') => {
      record(health)
      const { outcomes, complete } = await sendAlerts(options())
      pass(5 * minute)
      return { said: outcomes.map(({ channel, status, kind }) => `${channel} ${status} ${kind}`), complete }
    }
    expect(await step('ERROR')).to.deep.equal({
      said: ['ops failed opened', 'mail delivered opened'],
      complete: false,
    })
    expect(mail.sent[0]!.text).to.match(/^This channel stands in for ops, which could not be reached\.\n\n/)
    expect(mail.sent[0]!.payload.text).to.equal(mail.sent[0]!.text)
    expect(await step('ERROR')).to.deep.equal({ said: ['ops failed opened'], complete: false })
    expect((await step('OK')).said).to.deep.equal(['ops failed resolved', 'mail delivered resolved'])
    expect(mail.sent.map(({ kind }) => kind)).to.deep.equal(['opened', 'resolved'])
  })

  it('stands in for several at once with one alert, and another for it', async () => {
    const [a, b, c, last] = [dead(), dead(), dead(), fakeNotifier()]
    const { record, options } = world({
      channels: [
        { name: 'a', notifier: a.notifier, fallback: 'c' },
        { name: 'b', notifier: b.notifier, fallback: 'c' },
        { name: 'c', notifier: c.notifier, fallback: 'last', standby: true },
        { name: 'last', notifier: last.notifier, standby: true },
        { name: 'gone', error: 'no installed plugin provides it', fallback: 'last' },
      ],
    })
    record('ERROR')
    const { outcomes } = await sendAlerts(options())
    expect(
      outcomes.map(({ channel, status, standsInFor = [] }) => [channel, status, standsInFor.join()]),
    ).to.deep.equal([
      ['a', 'failed', ''],
      ['b', 'failed', ''],
      ['gone', 'failed', ''],
      ['c', 'failed', 'a,b'],
      ['last', 'delivered', 'gone'],
    ])
    expect([c.sent.length, last.sent.length]).to.deep.equal([1, 1])
  })

  it('is left alone where it gets the alert itself, and in a dry-run', async () => {
    const [ops, mail] = [dead(), fakeNotifier()]
    const channels = [
      { name: 'ops', notifier: ops.notifier, fallback: 'mail' },
      { name: 'mail', notifier: mail.notifier },
    ]
    const { record, run } = world({ channels })
    record('ERROR')
    expect(await run({ dryRun: true })).to.deep.equal(['would_send opened', 'would_send opened'])
    expect(await run()).to.deep.equal(['failed opened', 'delivered opened'])
    expect(mail.sent[0]!.text).to.not.include('stands in')
  })

  it('is one with its other name in the ledger', async () => {
    const channel = fakeNotifier()
    const { record, run } = world()
    record('ERROR')
    const named = (name: string) => ({ channels: [{ name, id: 'slack', notifier: channel.notifier }] })
    expect(await run(named('slack_webhook'))).to.deep.equal(['delivered opened'])
    expect(await run(named('slack'))).to.deep.equal(['not_due '])
  })

  it('that was told and is asked for no more is named when the incident is over', async () => {
    const [ops, mail] = [fakeNotifier(), fakeNotifier()]
    const { record, run, options } = world()
    const through = (name: string, { notifier }: typeof ops) => ({ channels: [{ name, notifier }] })
    record('ERROR')
    expect(await run(through('ops', ops))).to.deep.equal(['delivered opened'])
    expect((await sendAlerts(options(through('mail', mail)))).notes).to.deep.equal([])
    record('OK')
    const [note, ...others] = (await sendAlerts(options(through('mail', mail)))).notes
    expect(note).to.match(/^Channel ops was told of incident [0-9a-f]{12} and not of its end/)
    expect(others).to.deep.equal([])
    expect(await run(through('ops', ops))).to.deep.equal(['delivered resolved'])
    expect((await sendAlerts(options(through('mail', mail)))).notes).to.deep.equal([])
  })

  it('that was told and stands by is told the end, and no more than that', async () => {
    const [ops, mail] = [fakeNotifier(), fakeNotifier()]
    const { record, run, options } = world()
    record('ERROR')
    await run({ channels: [{ name: 'ops', notifier: ops.notifier }] })
    const { namespace, selector, ledger, now } = options()
    const told = () => toldChannels(ledger, { namespace, selector, now })
    expect(await told()).to.deep.equal(['ops'])
    expect(await toldChannels(ledger, { namespace, selector: 'session_id=other', now })).to.deep.equal([])
    const channels = [
      { name: 'mail', notifier: mail.notifier },
      { name: 'ops', notifier: ops.notifier, standby: true },
    ]
    expect(await run({ channels })).to.deep.equal(['delivered opened'])
    record('OK')
    const { notes } = await sendAlerts(options({ channels }))
    expect(notes).to.deep.equal([])
    expect(ops.sent.map(({ kind }) => kind)).to.deep.equal(['opened', 'resolved'])
    expect(await told()).to.deep.equal([])
  })

  it('of several recipients tells those who were not reached', async () => {
    const mail = fakeNotifier(async () => ({ delivered: true, undelivered: [{ to: 'b@x', reason: '550' }] }))
    const { record, options } = world({ channels: [{ name: 'mail', notifier: mail.notifier }] })
    record('ERROR')
    const { outcomes, complete } = await sendAlerts(options())
    expect(complete).to.equal(false)
    expect(outcomes[0]).to.deep.include({ status: 'delivered', undelivered: [{ to: 'b@x', reason: '550' }], tries: 1 })
  })
})
