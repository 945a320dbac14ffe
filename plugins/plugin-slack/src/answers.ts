/** What Slack's answers mean: whether another try helps, and what the owner of a channel has to do. */
import type { Delivery, HttpResponse } from '@arbk8s/plugin-kit'

import { plainLine } from './text.js'

const newWebhook = 'the webhook is dead: make a new one and put it in webhook_url'
const ourFault = 'Slack did not take the form of the message: please report this'
const newToken = 'the token is not accepted: install the app again and put its bot token in bot_token'
const otherChannel = 'choose a channel that exists and that the app may write to'
const askAdmin = 'ask an admin of the workspace to allow it'

/** Errors after which the same try can only fail again, and what to do. */
const permanentErrors: Record<string, string> = {
  invalid_payload: ourFault,
  no_text: ourFault,
  invalid_blocks: ourFault,
  invalid_attachments: ourFault,
  too_many_attachments: ourFault,
  msg_too_long: ourFault,
  invalid_arguments: ourFault,
  invalid_json: ourFault,
  json_not_object: ourFault,
  no_service: newWebhook,
  no_service_id: newWebhook,
  no_active_hooks: newWebhook,
  invalid_token: newWebhook,
  no_team: newWebhook,
  team_disabled: newWebhook,
  user_not_found: newWebhook,
  action_prohibited: askAdmin,
  posting_to_general_channel_denied: otherChannel,
  channel_not_found: otherChannel,
  channel_is_archived: 'the channel is archived: bring it back, or make a new webhook for another one',
  is_archived: 'the channel is archived: bring it back, or set channel to another one',
  not_in_channel: 'invite the app to the channel: /invite @APP',
  restricted_action: askAdmin,
  restricted_action_read_only_channel: otherChannel,
  access_denied: askAdmin,
  ekm_access_denied: askAdmin,
  org_login_required: askAdmin,
  not_authed: newToken,
  invalid_auth: newToken,
  account_inactive: newToken,
  token_revoked: newToken,
  token_expired: newToken,
  not_allowed_token_type: 'a bot token is needed: it begins with xoxb-',
  missing_scope: 'give the app the scope chat:write and install it again',
  no_permission: 'give the app the scope chat:write and install it again',
}

/** Errors that pass, whatever the status. */
const passingErrors = new Set([
  ...['ratelimited', 'rate_limited', 'message_limit_exceeded', 'internal_error', 'fatal_error', 'service_unavailable'],
  ...['request_timeout', 'team_added_to_org', 'rollup_error'],
])

type Failure = Extract<Delivery, { delivered: false }>

/** A refusal in words; `error` is Slack's own word for it, where the answer has one. */
export function refusal(answer: HttpResponse, error: string | undefined): Failure {
  const passing = error === undefined ? false : passingErrors.has(error)
  const hint = error !== undefined && Object.hasOwn(permanentErrors, error) ? permanentErrors[error] : undefined
  const permanent = hint !== undefined || !(passing || answer.temporary)
  const said = error ?? (plainLine(answer.body.slice(0, 400)).slice(0, 120) || 'nothing')
  return {
    delivered: false,
    permanent,
    reason: `Slack answered HTTP ${answer.status}: ${said}${hint ? ` (${hint})` : stranger(answer, error)}`,
    retry_after_seconds: permanent ? null : (answer.retry_after_seconds ?? retryAfterOf(answer)),
  }
}

/** Slack's word in an answer's text: a code alone, or the field `error` of JSON. */
export function errorOf(body: string): string | undefined {
  const code = body.trim()
  if (/^[a-z][a-z0-9_]{1,60}$/.test(code)) return code === 'ok' ? undefined : code
  const { error } = jsonOf(body)
  return typeof error === 'string' && /^[a-z][a-z0-9_]{1,60}$/.test(error) ? error : undefined
}

/** The answer's JSON object; an empty one where there is none. */
export function jsonOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function stranger({ status }: HttpResponse, error: string | undefined): string {
  return status === 200 && error === undefined ? ' (this is not what Slack answers: check the address)' : ''
}

function retryAfterOf({ body }: HttpResponse): number | null {
  const seconds = jsonOf(body).retry_after
  return typeof seconds === 'number' && seconds >= 0 && seconds <= 3600 ? seconds : null
}
