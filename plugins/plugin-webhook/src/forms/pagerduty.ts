/** PagerDuty Events API v2: one incident there for each incident here, by `dedup_key`. */
import type { Alert, HttpResponse, Severity } from '@arbk8s/plugin-kit'

import { statusRefusal } from '../answer.js'
import { cut, fitted } from '../shorten.js'
import type { FormContext, Message } from './index.js'

const maxEventBytes = 512_000
const maxSummary = 1024
const maxDedupKey = 255

const severities: Record<Severity, 'critical' | 'warning' | 'info'> = {
  CRITICAL: 'critical',
  WARN: 'warning',
  INFO: 'info',
}

export function pagerDutyForm(alert: Alert, { settings }: FormContext): Message {
  const event = {
    routing_key: settings.routingKey,
    event_action: alert.kind === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: cut(alert.incident.id, maxDedupKey),
  }
  const body =
    alert.kind === 'resolved'
      ? JSON.stringify(event)
      : fitted(alert.incident, maxEventBytes, (incident, shortened) =>
          JSON.stringify({
            ...event,
            client: 'arbk8s',
            payload: { ...payloadOf(alert), custom_details: shortened ? { ...incident, shortened } : incident },
          }),
        )
  return { contentType: 'application/json; charset=utf-8', body, refusal }
}

function payloadOf({ title, severity, incident }: Alert) {
  const { namespace, selector, summary, detected_at } = incident
  return {
    summary: cut(`${title}: ${summary}`, maxSummary),
    severity: severities[severity],
    source: cut(`${namespace}/${selector}`, maxSummary),
    timestamp: detected_at,
    component: cut(selector, maxSummary),
    group: cut(namespace, maxSummary),
    class: 'k8s_health',
  }
}

/** PagerDuty takes an event with 202 and says so; whatever else answers 2xx is not PagerDuty. */
function refusal(response: HttpResponse): string | undefined {
  const byStatus = statusRefusal(response)
  if (byStatus !== undefined) return byStatus
  const taken = response.status === 202 && parsed(response.body)?.status === 'success'
  return taken ? undefined : 'not the answer of PagerDuty, which is 202 with success'
}

function parsed(text: string): { status?: unknown } | undefined {
  try {
    return (JSON.parse(text) ?? undefined) as { status?: unknown } | undefined
  } catch {
    return undefined
  }
}
