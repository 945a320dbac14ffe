/** By incoming webhook: one message an alert. Slack tells no message's id, so nothing can be updated or threaded. */
import type { Notifier, PluginContext } from '@arbk8s/plugin-kit'

import { errorOf, refusal } from './answers.js'
import { failure, masked, secretsOfUrl } from './failure.js'
import { messageOf } from './message.js'

const contentType = 'application/json; charset=utf-8'

/** The notifier of a webhook. */
export function webhookNotifier({ http }: PluginContext, webhookUrl: string): Notifier {
  const secrets = secretsOfUrl(webhookUrl)
  return {
    apiVersion: 1,
    preview: async (alert) => ({
      destination: `${new URL(webhookUrl).origin}/…`,
      contentType,
      body: JSON.stringify(messageOf(alert)),
    }),
    send: async (alert) => {
      try {
        const body = JSON.stringify(messageOf(alert))
        const answer = await http({ url: webhookUrl, method: 'POST', headers: { 'content-type': contentType }, body })
        // A success is this text and nothing else: 200 comes with errors too.
        if (answer.status === 200 && answer.body.trim() === 'ok') return { delivered: true }
        const told = refusal(answer, errorOf(answer.body))
        return { ...told, reason: masked(told.reason, secrets) }
      } catch (error) {
        return failure(error, secrets)
      }
    },
  }
}
