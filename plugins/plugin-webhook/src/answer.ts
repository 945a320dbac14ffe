/** What a receiver's answer means. */
import type { Delivery, HttpResponse } from '@arbk8s/plugin-kit'

import type { Message } from './forms/index.js'
import { hideSecrets } from './secrets.js'
import type { WebhookSettings } from './settings.js'
import { line } from './shorten.js'

/** Delivered, failed for the moment or failed for good. */
export function judge(
  response: HttpResponse,
  { message, settings }: { message: Message; settings: WebhookSettings },
): Delivery {
  const { status, temporary, retry_after_seconds } = response
  const place = new URL(settings.url).host
  const refusal = message.refusal(response)
  if (refusal === undefined) return { delivered: true, detail: `${place} answered ${status}` }
  const said = line(hideSecrets(response.body, settings), 200)
  const reason = `${place} answered ${status}${refusal && ` (${refusal})`}${said && `: ${said}`}`
  return { delivered: false, permanent: !temporary, reason, retry_after_seconds }
}

/** For receivers that say all with the status: 2xx is delivered. */
export function statusRefusal({ status }: HttpResponse): string | undefined {
  if (status >= 200 && status < 300) return undefined
  return status >= 300 && status < 400 ? 'a redirect, which is not followed' : ''
}
