import { match, rejects } from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { PluginContext } from '@arbk8s/plugin-kit'
import { sampleAlert, testNotifier } from '@arbk8s/plugin-kit/testing'

import hook from './notifier.js'

const url = 'https://alerts.example.com/in/SECRET-path'
const open = async (host: PluginContext) => hook({ host })

// What every channel must do: previews that match, secrets that stay hidden, failures told apart.
testNotifier(
  { describe, it },
  {
    name: 'template-name',
    open,
    settings: { url },
    secrets: ['SECRET-path'],
    settingsCases: [
      { settings: {}, names: 'url' },
      { settings: { url: 'ftp://alerts.example.com' }, names: 'url' },
    ],
    accepted: { status: 200, headers: {}, body: 'ok', temporary: false, retry_after_seconds: null },
  },
)

// What is particular to this one.
describe('template-name', () => {
  it('shows the title and not where exactly it goes', async () => {
    const notifier = await open({ settings: { url } } as unknown as PluginContext)
    const { destination, body } = await notifier.preview(sampleAlert())
    match(destination, /^https:\/\/alerts\.example\.com\/…$/)
    match(body, /"title": /)
  })
  it('refuses what is no address', async () => {
    await rejects(open({ settings: { url: 'not one' } } as unknown as PluginContext), /url/)
  })
})
