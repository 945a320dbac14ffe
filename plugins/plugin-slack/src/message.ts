/** Alert → the message that Slack is given. */
import type { Alert, Severity } from '@arbk8s/plugin-kit'

import { plainLine, slackText } from './text.js'

/** One short field of an attachment. */
interface Field {
  title: string
  value: string
  short: true
}

interface Attachment {
  fallback: string
  color: 'danger' | 'warning' | 'good'
  title: string
  text: string
  fields: Field[]
  footer: string
  /** Seconds since the epoch. */
  ts?: number
  /** Nothing of it is Slack's markup. */
  mrkdwn_in: []
}

/** What every form of sending has. */
export interface Message {
  /** What a notification shows. */
  text: string
  mrkdwn: false
  attachments: [Attachment]
  unfurl_links: false
  unfurl_media: false
}

/** Characters that Slack takes, or advises. */
export const limits = { text: 4000, title: 1024, fieldValue: 2000, footer: 300 } as const

const colours: Record<Severity, Attachment['color']> = { CRITICAL: 'danger', WARN: 'warning', INFO: 'good' }

/** The message of an alert; the same alert gives the same message. */
export function messageOf(alert: Alert): Message {
  const title = slackText(plainLine(alert.title.slice(0, limits.title * 2)), limits.title)
  return {
    text: title,
    mrkdwn: false,
    attachments: [attachmentOf(alert, title)],
    unfurl_links: false,
    unfurl_media: false,
  }
}

function attachmentOf(alert: Alert, title: string): Attachment {
  const { incident } = alert
  const seconds = Math.floor(Date.parse(incident.detected_at) / 1000)
  return {
    fallback: slackText(`${plainLine(alert.title.slice(0, 500))}: ${incident.summary.slice(0, 2000)}`, limits.title),
    color: colours[alert.severity],
    title,
    text: bodyOf(alert),
    fields: [
      field('Namespace', incident.namespace),
      field('Selector', incident.selector),
      field('Severity', alert.severity),
      field('Health', incident.current_health),
    ],
    footer: slackText(plainLine(`arbk8s · ${alert.id}`), limits.footer),
    ...(Number.isFinite(seconds) && { ts: seconds }),
    mrkdwn_in: [],
  }
}

/** The alert's text; of one that is too long the command at its end stays. */
function bodyOf({ text, incident }: Alert): string {
  const whole = slackText(text, limits.text * 2)
  if (whole.length <= limits.text) return whole
  const end = text.slice(text.lastIndexOf('\n\n') + 2)
  if (incident.look_further === '' || !end.includes(incident.look_further)) return slackText(text, limits.text)
  const last = slackText(end, limits.text / 4)
  return `${slackText(text, limits.text - last.length - 2)}\n\n${last}`
}

function field(title: string, value: string): Field {
  return {
    title,
    value: slackText(plainLine(value.slice(0, limits.fieldValue * 2)), limits.fieldValue) || '–',
    short: true,
  }
}
