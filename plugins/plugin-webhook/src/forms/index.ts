/** The forms that an alert can take on the wire. */
import type { Alert, HttpResponse } from '@arbk8s/plugin-kit'

import type { Form, WebhookSettings } from '../settings.js'
import { alertmanagerForm } from './alertmanager.js'
import { ownForm } from './arbk8s.js'
import { cloudEventsForm } from './cloudevents.js'
import { pagerDutyForm } from './pagerduty.js'

/** What is sent, and how its receiver says no. */
export interface Message {
  contentType: string
  body: string
  /** Undefined where the answer takes the alert; otherwise why not, or nothing where the status says it all. */
  refusal(response: HttpResponse): string | undefined
}

export interface FormContext {
  settings: WebhookSettings
  now: Date
}

export const forms: Record<Form, (alert: Alert, context: FormContext) => Message> = {
  arbk8s: ownForm,
  alertmanager: alertmanagerForm,
  pagerduty: pagerDutyForm,
  cloudevents: cloudEventsForm,
}
