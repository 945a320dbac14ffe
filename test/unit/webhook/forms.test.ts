import { expect } from 'chai'

import type { Alert, AlertKind } from '../../../plugins/plugin-kit/src/index.js'
import { sampleAlert } from '../../../plugins/plugin-kit/src/testing/index.js'
import { forms } from '../../../plugins/plugin-webhook/src/forms/index.js'
import { type Form, readSettings } from '../../../plugins/plugin-webhook/src/settings.js'

const routingKey = '0123456789abcdefghijklmnopqrstuv'
const now = new Date('2025-11-16T10:06:30Z')

function made<T>(format: Form, alert: Alert, settings: Record<string, unknown> = {}): T {
  const read = readSettings({ webhook_url: 'https://x.example/', format, routing_key: routingKey, ...settings })
  return JSON.parse(forms[format](alert, { settings: read, now }).body) as T
}

interface AmAlert {
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  endsAt?: string
}

describe('webhook: Alertmanager v2', () => {
  const of = (kind: AlertKind, sequence = 1, fields = {}) =>
    made<AmAlert[]>('alertmanager', { ...sampleAlert(kind, fields), sequence }, { labels: { team: 'quant' } })

  it('has stable labels, the rest as annotations, and ends when the next word is overdue', () => {
    const [alert, ...more] = of('opened')
    expect(more).to.deep.equal([])
    expect(alert!.labels).to.deep.equal({
      alertname: 'Arbk8sIncident',
      severity: 'critical',
      namespace: 'trading-bots',
      selector: 'session_id=demo',
      session_id: 'demo',
      incident_id: '0123456789ab',
      team: 'quant',
    })
    expect(alert!.startsAt).to.equal('2025-11-16T10:05:00Z')
    expect(alert!.endsAt).to.equal('2025-11-16T14:06:00Z')
    expect(alert!.annotations).to.include({
      summary: 'Health transitioned from OK to ERROR. 1 job(s) in ERROR state.',
      jobs: '1 OK, 0 WARN, 1 ERROR',
      failed_jobs: 'arb-tuning-demo-worker-1-0: job_failed, crash',
    })
    for (const text of Object.values({ ...alert!.labels, ...alert!.annotations })) expect(text).to.be.a('string')
  })

  it('keeps its labels when Jobs, events and summary change', () => {
    const later = of('repeated', 2, { summary: 'else', recent_events: [], failed_jobs: [], labels: { pod: 'x' } })
    expect(later[0]!.labels).to.deep.equal(of('opened')[0]!.labels)
  })

  it('resolves with the labels of the alert that fires and a past end', () => {
    for (const [health, severity] of [
      ['ERROR', 'CRITICAL'],
      ['WARN', 'WARN'],
    ] as const) {
      const opened = of('opened', 1, { severity, current_health: health })
      const resolved = of('resolved', 2, { previous_health: health })
      expect(resolved[0]!.labels).to.deep.equal(opened[0]!.labels)
      for (const { endsAt, startsAt } of resolved) {
        expect(Date.parse(endsAt!)).to.be.at.most(now.getTime()).and.at.least(Date.parse(startsAt))
      }
    }
  })

  it('ends the alert of the severity before when it gets worse', () => {
    const [opened] = of('opened', 1, { severity: 'WARN', current_health: 'WARN' })
    const [firing, over] = of('worse', 2)
    expect(firing!.labels.severity).to.equal('critical')
    expect(over!.labels).to.deep.equal(opened!.labels)
    expect(Date.parse(over!.endsAt!)).to.be.at.most(now.getTime())
  })

  it('never ends before it starts, nor in the future', () => {
    const [resolved] = of('resolved', 1, { detected_at: '2039-01-01T00:00:00Z' })
    expect(resolved!.endsAt).to.equal(now.toISOString())
    expect(of('resolved', 1, { detected_at: '2020-01-01T00:00:00Z' })[0]!.endsAt).to.equal('2025-11-16T10:05:00.000Z')
  })

  it('makes label names that Prometheus knows, and leaves out what is no equality', () => {
    const selector = 'app.kubernetes.io/name=x, 1a==y,b in (c,d),!e,f!=g,mode,severity=none'
    expect(of('opened', 1, { selector })[0]!.labels).to.deep.equal({
      app_kubernetes_io_name: 'x',
      _1a: 'y',
      alertname: 'Arbk8sIncident',
      severity: 'critical',
      namespace: 'trading-bots',
      selector,
      incident_id: '0123456789ab',
      team: 'quant',
    })
  })

  it('names a drill as one and gives it no end', () => {
    const [drill] = of('drill')
    expect(drill!.labels).to.include({ alertname: 'Arbk8sDrill', severity: 'info' })
    expect(drill).to.not.have.property('endsAt')
  })
})

describe('webhook: PagerDuty v2', () => {
  it('triggers with the incident’s id as the key', () => {
    const event = made<Record<string, never>>('pagerduty', sampleAlert())
    expect(event).to.deep.include({
      routing_key: routingKey,
      event_action: 'trigger',
      dedup_key: '0123456789ab',
      client: 'arbk8s',
    })
    const { custom_details, ...payload } = event.payload as unknown as Record<string, unknown>
    expect(payload).to.deep.equal({
      summary: '🚨 K8s Alert: CRITICAL – trading-bots: Health transitioned from OK to ERROR. 1 job(s) in ERROR state.',
      severity: 'critical',
      source: 'trading-bots/session_id=demo',
      timestamp: '2025-11-16T10:06:00Z',
      component: 'session_id=demo',
      group: 'trading-bots',
      class: 'k8s_health',
    })
    expect(custom_details).to.deep.equal(sampleAlert().incident)
  })

  it('maps severities and resolves with the same key', () => {
    const severity = (kind: AlertKind, fields = {}) =>
      made<{ payload: { severity: string } }>('pagerduty', sampleAlert(kind, fields)).payload.severity
    expect(severity('worse')).to.equal('critical')
    expect(severity('repeated', { severity: 'WARN' })).to.equal('warning')
    expect(severity('drill')).to.equal('info')
    expect(made('pagerduty', sampleAlert('resolved'))).to.deep.equal({
      routing_key: routingKey,
      event_action: 'resolve',
      dedup_key: '0123456789ab',
    })
  })

  it('keeps a summary within 1024 characters, with a mark', () => {
    const event = made<{ payload: { summary: string } }>(
      'pagerduty',
      sampleAlert('opened', { summary: '🚨'.repeat(900) }),
    )
    expect(event.payload.summary).to.match(/🚨…$/u).and.have.length.within(1020, 1024)
    expect(event.payload.summary).to.not.match(/[\ud800-\udbff](?![\udc00-\udfff])/)
  })
})

describe('webhook: CloudEvents', () => {
  const event = (kind: AlertKind, settings = {}) =>
    made<Record<string, unknown>>('cloudevents', sampleAlert(kind), settings)

  it('is a structured event of version 1.0', () => {
    expect(event('opened')).to.deep.equal({
      specversion: '1.0',
      id: '0123456789ab-opened-1',
      source: '/arbk8s/trading-bots',
      type: 'io.arbk8s.incident.opened.v1',
      subject: '0123456789ab',
      time: '2025-11-16T10:06:00Z',
      datacontenttype: 'application/json',
      alertkind: 'opened',
      data: sampleAlert().payload,
    })
    const settings = readSettings({ webhook_url: 'https://x.example/', format: 'cloudevents' })
    expect(forms.cloudevents(sampleAlert(), { settings, now }).contentType).to.match(/^application\/cloudevents\+json/)
  })

  it('has a type for every kind, names as the specification wants them, and a source that can be set', () => {
    const types = (['opened', 'worse', 'repeated', 'flapping', 'resolved', 'drill'] as const).map(
      (kind) => event(kind).type,
    )
    expect(types).to.deep.equal([
      'io.arbk8s.incident.opened.v1',
      ...Array.from({ length: 3 }, () => 'io.arbk8s.incident.updated.v1'),
      'io.arbk8s.incident.resolved.v1',
      'io.arbk8s.drill.v1',
    ])
    for (const name of Object.keys(event('drill'))) expect(name).to.match(/^[a-z0-9]{1,20}$/)
    expect(event('opened', { source: 'https://ops.example/arbk8s' }).source).to.equal('https://ops.example/arbk8s')
  })
})
