/** Alert → one MIME message: the same bytes for the preview and for the server. */
import { createHash } from 'node:crypto'

import type { Alert } from '@arbk8s/plugin-kit'

import { htmlPart } from './html.js'
import type { EmailSettings } from './settings.js'
import { block, line } from './text.js'

/** A message that is ready to go, and what its successors need to point back at it. */
export interface Message {
  bytes: Buffer
  /** With angle brackets; the same each time that this very alert is sent. */
  id: string
  /** The id of the incident's first message; of this one where it is the first. */
  first: string
}

/** What a delivery leaves for the incident's next message. */
export interface Reference {
  message_id: string
  first_message_id: string
}

const maxSubject = 200
const maxText = 20_000
const messageId = /^<[a-z0-9._-]{1,200}@[a-z0-9.-]{1,253}>$/i

/** Builds the message. `now` is its date. */
export async function compose(alert: Alert, settings: EmailSettings, now: Date): Promise<Message> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const ids = idsOf(alert, settings)
  const text = block(alert.text, maxText) || line(alert.title, maxSubject) || 'no text'
  const html = htmlPart(alert)
  const composer = new MailComposer({
    from: settings.from,
    to: settings.to.map((address) => ({ name: '', address })),
    subject: subjectOf(alert, settings),
    messageId: ids.id,
    ...(ids.references.length > 0 ? { inReplyTo: ids.references[0]!, references: ids.references } : {}),
    date: now,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Arbk8s-Incident': token(alert.incident.id),
      'X-Arbk8s-Severity': token(alert.severity),
    },
    text,
    html,
    // Readable in a preview, and no line is ever too long for a server.
    encoding: 'quoted-printable',
    // Of the content, so that the same alert gives the same bytes and no content can hold its own boundary.
    baseBoundary: createHash('sha256').update(ids.id).update(text).update(html).digest('hex').slice(0, 24),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return { bytes: await composer.compile().build(), id: ids.id, first: ids.first }
}

function subjectOf({ title }: Alert, { subjectPrefix }: EmailSettings): string {
  return line(`${subjectPrefix} ${title}`, maxSubject) || 'alert'
}

function idsOf(alert: Alert, { from }: EmailSettings): { id: string; first: string; references: string[] } {
  const domain = from.address.slice(from.address.indexOf('@') + 1).toLowerCase()
  const idFor = (name: string): string => `<${token(name)}@${domain}>`
  // Drills share an incident; each is a message of its own, which no mail program may drop as a double.
  const drill = alert.kind === 'drill' ? `-${alert.incident.detected_at.replace(/[^0-9]/g, '')}` : ''
  const id = idFor(alert.id + drill)
  const before = referenceOf(alert.previous)
  const first = before?.first_message_id ?? (alert.sequence > 1 ? idFor(`${alert.incident.id}-opened-1`) : id)
  return { id, first, references: [...new Set([first, before?.message_id ?? first])].filter((other) => other !== id) }
}

function referenceOf(previous: unknown): Reference | undefined {
  const { message_id, first_message_id } = (previous ?? {}) as Partial<Record<keyof Reference, unknown>>
  const fits = [message_id, first_message_id].every((id) => typeof id === 'string' && messageId.test(id))
  return fits ? (previous as Reference) : undefined
}

/** A name fit for a header: as it is where that is safe, else its safe characters and a digest of the whole. */
function token(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, '').slice(0, 100)
  return safe === name && name !== '' ? name : `${safe}${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
}
