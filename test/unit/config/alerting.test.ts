import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import type { Route, Silence } from '../../../src/base/alert-rules.js'
import { loadSettings, settingOf } from '../../../src/config/settings.js'

describe('settings of the alert stage', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'arbk8s-alerting-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const load = async <T>(key: string, text: string): Promise<T> => {
    writeFileSync(path.join(folder, 'arbk8s.yaml'), text)
    const files = await loadSettings({ cwd: folder, configDir: path.join(folder, 'none') })
    return settingOf(files, key)?.value as T
  }

  it('read routes with severity, namespaces, labels, selector and hours', async () => {
    const routes = await load<Route[]>(
      'routes',
      `routes:
  - match:
      severity: critical
      namespace: ["team-*", other]
      labels: {mode: [live, shadow], tier: 1}
      selector: "!test"
      time: {days: [Fri-Mon], from: "22:00", to: "06:30", zone: Europe/Berlin}
    channels: [pager, team]
    continue: true
  - channels: team
`,
    )
    expect(routes).to.deep.equal([
      {
        match: {
          severity: ['CRITICAL'],
          namespace: ['team-*', 'other'],
          labels: [
            { key: 'mode', operator: 'in', values: ['live', 'shadow'] },
            { key: 'tier', operator: 'in', values: ['1'] },
            { key: 'test', operator: 'absent', values: [] },
          ],
          time: { days: [5, 6, 0, 1], from: 1320, to: 390, zone: 'Europe/Berlin' },
        },
        channels: ['pager', 'team'],
        continue: true,
      },
      { match: {}, channels: ['team'], continue: false },
    ])
  })

  it('read silences with their place', async () => {
    const silences = await load<Silence[]>(
      'silences',
      `namespace: x
silences:
  - match: {severity: WARN}
    from: 2026-01-01
    until: 2026-01-02T08:00:00+01:00
    reason: new disks
`,
    )
    expect(silences).to.deep.equal([
      {
        match: { severity: ['WARN'] },
        from: Date.UTC(2026, 0, 1),
        until: Date.UTC(2026, 0, 2, 7),
        reason: 'new disks',
        where: `${path.join(folder, 'arbk8s.yaml')}:3`,
      },
    ])
  })

  const refusals: [text: string, line: number, says: string][] = [
    ['routes: x', 1, '"routes" must be a list of mappings'],
    ['routes:\n  - x', 2, '"routes[0]" must be a mapping'],
    ['routes:\n  - match: {}', 2, '"routes[0]" names no channels'],
    ['routes:\n  - channels: []', 2, '"routes[0].channels" must not be empty'],
    [
      'routes:\n  - channels: a\n    contiune: true',
      3,
      'unknown key "contiune" in "routes[0]"\nDid you mean "continue"?',
    ],
    ['routes:\n  - channels: a\n    continue: 1', 3, '"routes[0].continue" must be true or false'],
    ['routes:\n  - channels: a\n    match:\n      severty: WARN', 4, 'Did you mean "severity"?'],
    ['routes:\n  - channels: a\n    match:\n      severity: ERROR', 4, '"ERROR" is no severity'],
    ['routes:\n  - channels: a\n    match:\n      selector: a in b', 4, 'an opening bracket is expected'],
    ['routes:\n  - channels: a\n    match:\n      time: {zone: Mars/Olympus}', 4, 'no time zone'],
    ['routes:\n  - channels: a\n    match:\n      time:\n        days: Montag-X', 5, 'is no day of the week'],
    ['routes:\n  - channels: a\n    match:\n      time: {from: "8"}', 4, 'a time of day such as "08:30"'],
    ['routes:\n  - channels: a\n    match:\n      time: {from: "08:00", to: "08:00"}', 4, 'are the same time'],
    ['silences:\n  - match: {}\n    until: 2026-01-02', 2, '"silences[0]" lacks "reason"'],
    ['silences:\n  - until: 2026-01-02\n    reason: x', 2, '"match: {}" silences every incident.'],
    ['silences:\n  - match: {}\n    reason: x\n    until: tomorrow', 4, 'must be a time such as'],
    ['silences:\n  - match: {}\n    reason: x\n    until: 2026-01-02T08:00:00', 4, 'write its zone too'],
    [
      'silences:\n  - match: {}\n    reason: x\n    from: 2026-02-01\n    until: 2026-01-01',
      5,
      'ends before it begins',
    ],
    ['channels:\n  a: {fallback: b}\n  b:\n    fallback: a', 2, 'fallbacks go in a circle: a → b → a'],
    ['channels:\n  a: {fallback: a}', 2, 'fallbacks go in a circle: a → a'],
    ['channels:\n  a: x', 2, '"channels.a" must be a mapping'],
    ['channels:\n  a:\n    fallback: 3', 3, '"channels.a.fallback" must be text'],
    ['open_after: 0', 1, '"open_after" must be 1 or more'],
    ['flap_changes: -1', 1, '"flap_changes" must be 0 or more'],
  ]
  for (const [text, line, says] of refusals)
    it(`refuses ${JSON.stringify(text)}`, async () => {
      const error = await load('routes', text).then(
        () => expect.fail('accepted'),
        (thrown: Error & { hints: string[]; code: string }) => thrown,
      )
      expect(error.code).to.equal('ARB_CONFIG_INVALID')
      expect(error.message).to.include(`arbk8s.yaml:${line}: `)
      expect([error.message, ...error.hints].join('\n')).to.include(says)
    })
})
