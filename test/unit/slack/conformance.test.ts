import { testNotifier, type TestNotifierOptions } from '../../../plugins/plugin-kit/src/testing/index.js'
import hook from '../../../plugins/plugin-slack/src/notifier.js'
import { answer, botOk, botSettings, token, webhookUrl } from './helpers.js'

const common: Pick<TestNotifierOptions, 'open' | 'active' | 'maxBody'> = {
  open: (host) => hook({ host }),
  // Nothing of Slack's own syntax, no address and no name that it would make a link or a mention of.
  active: [
    /[<>]/,
    /&(?!amp;|lt;|gt;)/,
    /:\/\//,
    /@(?:channel|here|everyone|all)\b/,
    /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/,
  ],
  maxBody: 16_000,
}

testNotifier(
  { describe, it },
  {
    ...common,
    name: 'slack by webhook',
    settings: { webhook_url: webhookUrl },
    secrets: [webhookUrl, new URL(webhookUrl).pathname, 'aBcDeFgHiJkLmNoPqRsTuVwX'],
    accepted: answer(200, 'ok'),
    refused: [
      answer(200, 'invalid_payload'),
      answer(200, '{"ok":true}'),
      answer(404, 'no_service'),
      answer(410, 'channel_is_archived'),
      { ...answer(500, 'no_active_hooks'), permanent: true },
      answer(500, 'rollup_error'),
    ],
    settingsCases: [
      { settings: {}, names: 'webhook_url' },
      { settings: { webhook_url: '' }, names: 'webhook_url' },
      { settings: { webhook_url: 5 }, names: 'webhook_url' },
      { settings: { webhook_url: 'hooks.slack.com/x' }, names: 'webhook_url' },
      { settings: { webhook_url: 'file:///etc/passwd' }, names: 'webhook_url' },
      { settings: { webhook_url: 'https://user:pw@hooks.slack.com/x' }, names: 'webhook_url' },
      { settings: { webhook_url: webhookUrl, bot_token: token, channel: 'C1' }, names: 'bot_token' },
    ],
  },
)

testNotifier(
  { describe, it },
  {
    ...common,
    name: 'slack by bot token',
    settings: botSettings,
    secrets: [token],
    accepted: botOk,
    refused: [
      answer(200, '{"ok":false,"error":"channel_not_found"}'),
      answer(200, '{"ok":false,"error":"invalid_auth"}'),
      { ...answer(200, '{"ok":false,"error":"ratelimited"}'), permanent: false },
      answer(200, 'ok'),
      answer(200, '<html>'),
    ],
    settingsCases: [
      { settings: { bot_token: token }, names: 'channel' },
      { settings: { bot_token: 'a b\r\nX: y', channel: 'C1' }, names: 'bot_token' },
      { settings: { bot_token: token, channel: '#a b' }, names: 'channel' },
      { settings: { ...botSettings, api_url: 'ftp://x' }, names: 'api_url' },
    ],
  },
)
