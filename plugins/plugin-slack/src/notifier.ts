/** The notifier `slack`: by incoming webhook, or by a bot token as one threaded message an incident. */
import type { NotifierHook } from '@arbk8s/plugin-kit'

import { botNotifier } from './bot.js'
import { readSettings } from './settings.js'
import { webhookNotifier } from './webhook.js'

const hook: NotifierHook = ({ host }) => {
  const settings = readSettings(host.settings)
  return settings.form === 'webhook' ? webhookNotifier(host, settings.webhookUrl) : botNotifier(host, settings)
}
export default hook
