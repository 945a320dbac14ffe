import path from 'node:path'

import { expect } from 'chai'

import type { ArbError } from '../../../src/base/errors.js'
import { splitChannelSettings } from '../../../src/cli/channel-settings.js'

describe('the settings of a channel', () => {
  const split = (entry: Record<string, unknown>, place?: string) => splitChannelSettings(entry, { name: 'ops', place })

  it('are parted into what the host obeys and what the plugin is given', () => {
    const own = { webhook_url: 'https://x.example', headers: { a: 'b' } }
    const obeyed = {
      type: 'webhook',
      timeout: '2s',
      deadline: 40,
      allow_private: true,
      ca_file: 'ca.pem',
      fallback: 'x',
    }
    expect(split({ ...own, ...obeyed }, '/etc/tuning/arbk8s.yaml')).to.deep.equal({
      host: {
        type: 'webhook',
        limits: { timeoutMs: 2000, deadlineMs: 40_000 },
        allowPrivate: true,
        caFile: '/etc/tuning/ca.pem',
      },
      settings: own,
    })
    expect(split({ ca_file: 'ca.pem' }).host.caFile).to.equal(path.resolve('ca.pem'))
  })

  it('say nothing where they are empty: the name is the plugin, private addresses are refused', () => {
    const nothing = { type: 'ops', limits: {}, allowPrivate: false, caFile: undefined }
    expect(split({})).to.deep.equal({ host: nothing, settings: {} })
    const nulls = { type: null, timeout: null, deadline: null, allow_private: null, ca_file: null }
    expect(split(nulls)).to.deep.equal({ host: nothing, settings: {} })
  })

  it('may have a deadline of 0: one try', () => {
    expect(split({ deadline: 0 }).host.limits).to.deep.equal({ deadlineMs: 0 })
  })

  it('that are wrong are named', () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ timeout: 'soon' }, 'channels.ops.timeout must be a duration such as 5s or 1m: "soon" is not a duration'],
      [{ timeout: true }, 'channels.ops.timeout must be a duration such as 5s or 1m'],
      [{ timeout: 0 }, 'channels.ops.timeout must be longer than 0'],
      [{ timeout: -1 }, 'channels.ops.timeout must be a duration'],
      [{ deadline: ['1s'] }, 'channels.ops.deadline must be a duration'],
      [{ deadline: '9999h' }, 'channels.ops.deadline must be a duration such as 5s or 1m: "9999h" is too long'],
      [{ allow_private: 'yes' }, 'channels.ops.allow_private must be true or false'],
      [{ ca_file: 7 }, 'channels.ops.ca_file must be text'],
      [{ type: '' }, 'channels.ops.type must be text'],
    ]
    for (const [entry, words] of wrong) {
      expect(() => split(entry, '/x/arbk8s.yaml'))
        .to.throw(`/x/arbk8s.yaml: ${words}`)
        .that.satisfies((error: ArbError) => error.code === 'ARB_CONFIG_INVALID')
    }
  })
})
