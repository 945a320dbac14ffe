/** CloudEvents 1.0, structured: one event an alert, `id` and `source` together unique and the same at every try. */
import type { Alert, AlertKind } from '@arbk8s/plugin-kit'

import { statusRefusal } from '../answer.js'
import { cut, fitted, wellFormed } from '../shorten.js'
import type { FormContext, Message } from './index.js'

/** What every hop of an event must take, says the specification. */
const maxBytes = 64 * 1024

const types: Record<AlertKind, string> = {
  opened: 'io.arbk8s.incident.opened.v1',
  worse: 'io.arbk8s.incident.updated.v1',
  repeated: 'io.arbk8s.incident.updated.v1',
  flapping: 'io.arbk8s.incident.updated.v1',
  resolved: 'io.arbk8s.incident.resolved.v1',
  drill: 'io.arbk8s.drill.v1',
}

export function cloudEventsForm({ id, kind, incident, payload }: Alert, { settings }: FormContext): Message {
  const event = {
    specversion: '1.0',
    id,
    source: settings.source ?? `/arbk8s/${encodeURIComponent(wellFormed(cut(incident.namespace, 253)))}`,
    type: types[kind],
    subject: cut(incident.id, 256),
    time: incident.detected_at,
    datacontenttype: 'application/json',
    alertkind: kind,
  }
  return {
    contentType: 'application/cloudevents+json; charset=utf-8',
    body: fitted(payload, maxBytes, (value, shortened) =>
      JSON.stringify({ ...event, data: shortened ? { ...value, shortened } : value }),
    ),
    refusal: statusRefusal,
  }
}
