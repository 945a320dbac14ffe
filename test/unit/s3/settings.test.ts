import { expect } from 'chai'

import { parseLocation } from '../../../plugins/plugin-s3/src/location.js'
import { readSettings } from '../../../plugins/plugin-s3/src/settings.js'

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return `${code}: ${message}`
  }
  return 'no error'
}

describe('s3 location', () => {
  it('is a bucket and a prefix without slashes at its ends', () => {
    expect(parseLocation('s3://team/a/b/')).to.deep.equal({ bucket: 'team', prefix: 'a/b' })
    expect(parseLocation('S3://my.team-1/night.alerts.jsonl')).to.deep.equal({
      bucket: 'my.team-1',
      prefix: 'night.alerts.jsonl',
    })
  })

  it('says what is wrong with any other, and repeats no password', () => {
    for (const location of [
      's3://',
      's3://team',
      's3://team/',
      's3://-x/a',
      's3://team/a//b',
      's3://team/../b',
      's3://team/a?b',
      's3://te am/a',
    ]) {
      expect(
        codeOf(() => parseLocation(location)),
        location,
      ).to.match(/^ERR_SETTINGS: /)
    }
    const message = codeOf(() => parseLocation('s3://KEY:canary@team/a'))
    expect(message)
      .to.match(/takes no user or password/)
      .and.to.not.contain('canary')
  })
})

describe('s3 settings', () => {
  it('leave AWS itself to the SDK', () => {
    expect(readSettings({}, {})).to.deep.equal({
      endpoint: undefined,
      region: undefined,
      profile: undefined,
      pathStyle: false,
      checksums: undefined,
      timeoutMs: 20_000,
    })
  })

  it('suit another endpoint: path style, checksums only when required, the usual region', () => {
    const settings = readSettings({}, { AWS_ENDPOINT_URL_S3: 'https://s3.example.com/' })
    expect(settings).to.include({
      endpoint: 'https://s3.example.com',
      pathStyle: true,
      checksums: 'required-only',
      region: 'us-east-1',
    })
    expect(
      readSettings(
        {},
        { AWS_ENDPOINT_URL_S3: 'https://s3.example.com', AWS_REQUEST_CHECKSUM_CALCULATION: 'when_supported' },
      ).checksums,
    ).to.equal(undefined)
  })

  it('come from the config over ARBK8S_ over AWS_ variables', () => {
    const env = {
      ARBK8S_HISTORY_S3_ENDPOINT: 'https://b.example.com',
      AWS_ENDPOINT_URL: 'https://c.example.com',
      ARBK8S_HISTORY_S3_REGION: 'r2',
      AWS_REGION: 'r3',
    }
    expect(readSettings({ endpoint: 'https://a.example.com', region: 'r1' }, env)).to.include({
      endpoint: 'https://a.example.com',
      region: 'r1',
    })
    expect(readSettings({}, env)).to.include({ endpoint: 'https://b.example.com', region: 'r2' })
    const given = { path_style: false, checksums: 'always', timeout: '1.5s', profile: 'team' }
    expect(readSettings(given, env)).to.include({
      pathStyle: false,
      checksums: 'always',
      timeoutMs: 1500,
      profile: 'team',
    })
  })

  it('say which one is wrong', () => {
    const wrong = [
      [{ endpint: 'x' }, /no setting "endpint"; it has endpoint/],
      [{ endpoint: 's3.example.com' }, /must be a URL/],
      [{ endpoint: 'https://u:canary@s3.example.com' }, /may not hold a user or password/],
      [{ region: 3 }, /stores.s3.region must be text/],
      [{ path_style: 'maybe' }, /true or false/],
      [{ checksums: 'some' }, /"required-only" or "always"/],
      [{ timeout: 20 }, /duration from 100ms to 10m/],
      [{ timeout: '1h' }, /duration/],
    ] as const
    for (const [settings, message] of wrong) {
      const said = codeOf(() => readSettings(settings, {}))
      expect(said)
        .to.match(message)
        .and.to.match(/^ERR_SETTINGS/)
        .and.to.not.contain('canary')
    }
  })
})
