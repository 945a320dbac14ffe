import { expect } from 'chai'

import { isAddress } from '../../../plugins/plugin-email/src/addresses.js'
import { readSettings } from '../../../plugins/plugin-email/src/settings.js'
import { makeAuthority } from '../../helpers/certificates.js'

const base = { host: 'smtp.example.com', from: 'a@example.com', to: ['b@example.com'] }

/** The message of the error that the settings give. */
function problem(over: Record<string, unknown>): string {
  try {
    readSettings({ ...base, ...over })
  } catch (error) {
    expect((error as { code?: string }).code).to.equal('ERR_SETTINGS')
    return (error as Error).message
  }
  return 'no problem'
}

describe('the settings of the email channel', () => {
  it('choose TLS by the port and the port by TLS, and never clear text', () => {
    const choice = (over: Record<string, unknown>): string => {
      const { port, tls } = readSettings({ ...base, ...over })
      return `${port} ${tls}`
    }
    expect(choice({})).to.equal('465 implicit')
    expect(choice({ port: 587 })).to.equal('587 starttls')
    expect(choice({ port: '587' })).to.equal('587 starttls')
    expect(choice({ port: 25 })).to.equal('25 starttls')
    expect(choice({ tls: 'starttls' })).to.equal('587 starttls')
    expect(choice({ tls: 'implicit', port: 2465 })).to.equal('2465 implicit')
    for (const tls of ['none', 'opportunistic', 'false', 'plain']) {
      expect(problem({ tls })).to.include('never sent in clear')
    }
  })

  it('name what is missing or wrong and say what to write', () => {
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ host: undefined }, /setting host is missing: write the SMTP server/],
      [{ host: 'smtps://smtp.example.com' }, /setting host must be a host name without scheme or port/],
      [{ host: 'smtp.example.com:465' }, /setting host must be a host name/],
      [{ host: 'a\r\nb' }, /setting host must not hold a line break/],
      [{ port: 0 }, /setting port must be a number from 1 to 65535/],
      [{ port: '587;' }, /setting port/],
      [{ port: 70_000 }, /setting port/],
      [{ from: undefined }, /setting from is missing/],
      [{ from: 'Tuning <a@example.com>' }, /setting from must be one address.*name: Tuning/],
      [{ from: { name: 'a\nb', address: 'a@example.com' } }, /setting from.name/],
      [{ from: { name: 'a', address: 'no' } }, /setting from.address must be one address/],
      [{ to: undefined }, /setting to is missing/],
      [{ to: [] }, /setting to is missing/],
      [{ to: 'a@example.com, b@example.com' }, /setting to must be one plain address.*as a list/],
      [{ to: ['a@example.com', 'b@@example.com'] }, /setting to\[1\] must be one plain address/],
      [{ to: [{ address: 'a@example.com' }] }, /setting to\[0\]/],
      [{ to: Array.from({ length: 51 }, (_, n) => `a${n}@example.com`) }, /51 addresses; at most 50/],
      [{ username: 'me' }, /setting password is missing/],
      [{ password: 'secret-pa55' }, /setting username is missing/],
      [{ username: 'me', password: 12_345 }, /setting password must be text, in quotes/],
      [{ username: 'me\u0000', password: 'x' }, /setting username must not hold/],
      [{ smtp_ca: '/etc/ca.pem' }, /setting smtp_ca must be certificates in PEM form; write smtp_ca_file/],
      [{ smtp_ca: '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----' }, /cannot be read as a certificate/],
      [{ recipients: ['a@example.com'] }, /setting recipients is not a setting of this channel; it has host, port/],
    ]
    for (const [over, expected] of cases) expect(problem(over)).to.match(expected)
  })

  it('keep the password out of every error', () => {
    for (const over of [{ password: 'secret-pa55' }, { username: 'a\n', password: 'secret-pa55' }]) {
      expect(problem(over)).to.not.include('secret-pa55')
    }
  })

  it('take each recipient once, a name for the sender, and a certificate', () => {
    const ca = makeAuthority().cert
    const from = { name: 'Tuning, night', address: 'a@example.com' }
    const settings = readSettings({ ...base, from, to: ['B@example.com', 'b@Example.com', 'c@x.io'], smtp_ca: ca })
    expect(settings.to).to.deep.equal(['B@example.com', 'c@x.io'])
    expect(settings.from).to.deep.equal(from)
    expect(settings.ca).to.equal(ca)
  })

  it('leave the flag of other channels alone', () => {
    expect(problem({ webhook_url: 'https://hooks.example.com/x' })).to.equal('no problem')
  })
})

describe('an address', () => {
  it('is taken in its plain form alone', () => {
    const good = ['a@b', 'first.last+tag@mail.example.com', "o'neil@example.co", 'a@xn--bcher-kva.example', '1@2.io']
    const bad = [
      ...[
        '',
        'a',
        '@b',
        'a@',
        'a b@c',
        'a@b c',
        'a@b,c@d',
        'a@b;c@d',
        '<a@b>',
        'A <a@b>',
        'a@b\n',
        'a@b\r\nRCPT TO:<e@x>',
      ],
      ...['"a b"@c', '"x@evil.example"@c', 'a@[127.0.0.1]', 'a@b..c', '.a@b', 'a.@b', 'a..b@c', 'a@-b', 'a@b-', 'a@@b'],
      ...['a(comment)@b', 'a@b(comment)', '@relay:a@b', 'ä@b', 'a@ä', 'a\u0000@b', 'a@b\u2028', 'a%b@c@d', '-oX@b\t'],
      ...[`${'a'.repeat(65)}@b`, `a@${'b'.repeat(64)}`, `a@${'b.'.repeat(130)}c`],
    ]
    for (const text of good) expect(isAddress(text), text).to.equal(true)
    for (const text of bad) expect(isAddress(text), JSON.stringify(text)).to.equal(false)
  })
})
