import { setImmediate } from 'node:timers/promises'

import { expect } from 'chai'

import { sampleAlert, testNotifier } from '../../../plugins/plugin-kit/src/testing/index.js'
import { buildAlert, buildDrill } from '../../../src/alerts/alert.js'
import consoleHook, { consoleText } from '../../../src/alerts/console.js'
import { pluginContext } from '../../../src/plugins/load.js'

testNotifier(
  { describe, it },
  {
    name: 'console',
    open: (host) => consoleHook({ host }),
    active: [/^\s*::/m, /##\w*\[/],
    maxBody: 66_000,
  },
)

describe('alerts: the console', () => {
  const send = (print: (text: string) => Promise<void>) => {
    const host = pluginContext({ signal: new AbortController().signal, print })
    return Promise.resolve(consoleHook({ host })).then((notifier) => notifier.send(sampleAlert()))
  }

  it('has delivered when the text is out, not before', async () => {
    let out = false
    const delivery = await send(async (text) => {
      await setImmediate()
      out = text.length > 0
    })
    expect([delivery, out]).to.deep.equal([{ delivered: true }, true])
  })

  it('has not delivered what could not be written', async () => {
    expect(await send(() => Promise.reject(new Error('stdout: the disk is full')))).to.deep.equal({
      delivered: false,
      permanent: true,
      reason: 'stdout: the disk is full',
    })
  })
})

describe('alerts: the alert', () => {
  const { incident } = sampleAlert()

  it('has the title of the original, by severity', () => {
    const titles = (['CRITICAL', 'WARN', 'INFO'] as const).map(
      (severity) => buildAlert({ ...incident, severity }, 'opened').title,
    )
    expect(titles).to.deep.equal([
      '🚨 K8s Alert: CRITICAL – trading-bots',
      '⚠️ K8s Alert: WARN – trading-bots',
      'ℹ️ K8s Alert: INFO – trading-bots',
    ])
  })

  it('says what is wrong, where, since when, and the events', () => {
    expect(consoleText(buildAlert(incident, 'opened'))).to.equal(
      [
        '🚨 K8s Alert: CRITICAL – trading-bots',
        '',
        'Health transitioned from OK to ERROR. 1 job(s) in ERROR state.',
        '',
        'Namespace: trading-bots',
        'Selector: session_id=demo',
        'Health: OK → ERROR',
        'Jobs: 1 OK, 0 WARN, 1 ERROR',
        'Started: 2025-11-16T10:05:00Z',
        'Incident: 0123456789ab',
        '',
        'Failed Jobs:',
        '- arb-tuning-demo-worker-1-0 (worker-1): Error: the container ended with exit code 3',
        '  Fix: Read its last lines.',
        '  | loading prices',
        '  | error: up-down.csv is missing',
        '',
        'Recent events:',
        '- BackoffLimitExceeded Job/arb-tuning-demo-worker-1-0: Job has reached the specified backoff limit',
        '',
        'Look further: arbk8s health check -n trading-bots -l session_id=demo --explain',
        '',
      ].join('\n'),
    )
  })

  it('has the generic payload of the mission', () => {
    const { payload, title, text } = buildAlert(incident, 'opened')
    expect(payload).to.deep.equal({
      alert_type: 'k8s_health',
      title,
      severity: 'CRITICAL',
      namespace: 'trading-bots',
      selector: 'session_id=demo',
      current_health: 'ERROR',
      text,
      metadata: {
        incident_id: '0123456789ab',
        started_at: '2025-11-16T10:05:00Z',
        detected_at: '2025-11-16T10:06:00Z',
        severity: 'CRITICAL',
        namespace: 'trading-bots',
        selector: 'session_id=demo',
      },
      incident,
    })
  })

  it('marks a drill as one, twice', () => {
    const drill = buildDrill({ namespace: 'trading-bots', selector: '', now: new Date(0) })
    expect(drill.title).to.equal('ℹ️ K8s Alert: INFO – trading-bots (drill)')
    expect(drill.text).to.match(/^This is a drill: nobody needs to act\./)
    expect(drill.kind).to.equal('drill')
  })
})
