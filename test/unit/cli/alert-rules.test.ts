import { expect } from 'chai'

import { alertRules, plannedChannels, plannedWithTold } from '../../../src/cli/alert-rules.js'

const settings = {
  routes: [{ match: {}, channels: ['ops', 'slack_webhook'], continue: false }],
  silences: undefined,
  named: { ops: { type: 'slack', fallback: 'mail' }, slack: { webhook_url: 'x' } },
}
const shown = (...given: Parameters<typeof plannedChannels>) =>
  plannedChannels(...given).map(({ name, id, standby, fallback = '' }) => [name, id, standby, fallback].join(' '))

describe('channels of a command', () => {
  it('are those of the flag, with their fallbacks standing by; routes count for nothing then', () => {
    expect(shown(['ops'], settings, { from: 'flag' })).to.deep.equal(['ops ops false mail', 'mail mail true '])
    const flags = { 'open-after': 1, 'close-after': 1, 'flap-changes': 6 }
    expect(alertRules(flags, settings, { from: 'variable' }).routes).to.equal(undefined)
    expect(alertRules(flags, settings, { from: 'project', file: 'x' }).routes).to.equal(settings.routes)
  })

  it('are those that routes name, and channel_type where none fits', () => {
    expect(shown(undefined, settings, { from: 'unset' })).to.deep.equal([
      'ops ops true mail',
      'mail mail true ',
      'slack slack true ',
    ])
    expect(shown(['mail'], settings, { from: 'project', file: 'x' })).to.deep.equal([
      'mail mail false ',
      'ops ops true mail',
      'slack slack true ',
    ])
  })

  it('are also those that were told of an incident and are still in the settings, standing by', async () => {
    const asked = { ...settings, routes: undefined }
    const told = async () => ['ops', 'slack', 'gone', 'constructor']
    const names = async (...given: Parameters<typeof plannedWithTold>) =>
      (await plannedWithTold(...given)).map(({ name, standby }) => `${name} ${standby}`)
    const project = { from: 'project', file: 'x' } as const
    expect(await names(['mail'], asked, project, told)).to.deep.equal(['mail false', 'ops true', 'slack true'])
    expect(await names(['mail'], asked, { from: 'flag' }, told)).to.deep.equal(['mail false'])
    expect(await names(['mail'], asked, { from: 'variable' }, told)).to.deep.equal(['mail false'])
    // The ledger is not read where it cannot name another.
    const unread = () => Promise.reject(new Error('read'))
    expect(await names(undefined, settings, project, unread)).to.deep.equal(['ops true', 'mail true', 'slack true'])
  })

  it('are the console without any', () => {
    const none = { routes: undefined, silences: undefined, named: undefined }
    expect(shown(undefined, none, undefined)).to.deep.equal(['console console false '])
  })

  it('are one under both names of a plugin, with the settings of either', () => {
    const none = { routes: undefined, silences: undefined, named: { slack_webhook: {} } }
    expect(shown(['slack', 'slack_webhook'], none, { from: 'flag' })).to.deep.equal(['slack_webhook slack false '])
    expect(shown(['slack_webhook'], { ...none, named: {} }, { from: 'flag' })).to.deep.equal([
      'slack_webhook slack false ',
    ])
  })
})
