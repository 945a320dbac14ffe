/** A certificate authority of a test's own, and certificates that it signs; Node has no call that makes them. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** Both PEM. */
export interface Certificate {
  key: string
  cert: string
}

export interface LeafOptions {
  /** DNS names and IPv4 addresses that the certificate is for; default localhost and 127.0.0.1. */
  names?: string[]
  /** Default an hour ago. */
  from?: Date
  /** Default in a day. */
  to?: Date
}

export interface Authority {
  /** PEM: what a client must trust. */
  cert: string
  leaf(options?: LeafOptions): Certificate
}

const tag = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, time: 24, sequence: 48, set: 49 }
const oids = {
  commonName: '550403',
  ecdsaSha256: '2a8648ce3d040302',
  subjectKeyId: '551d0e',
  authorityKeyId: '551d23',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
}
const hourMs = 3_600_000

/** A new authority, which no one trusts but who is handed its certificate. */
export function makeAuthority(name = 'test authority'): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = keyId(publicKey)
  const subject = distinguished(name)
  const cert = certificate({
    subject,
    issuer: subject,
    publicKey,
    signer: privateKey,
    from: new Date(Date.now() - 1000 * hourMs),
    to: new Date(Date.now() + 1000 * hourMs),
    extensions: [
      extension(oids.basicConstraints, sequence(der(tag.boolean, Buffer.from([255]))), true),
      extension(oids.keyUsage, bits(Buffer.from([0x06]), 1), true),
      extension(oids.subjectKeyId, der(tag.octets, id)),
    ],
  })
  return { cert, leaf: (options = {}) => makeLeaf({ subject, id, signer: privateKey }, options) }
}

function makeLeaf(
  { subject, id, signer }: { subject: Buffer; id: Buffer; signer: KeyObject },
  { names = ['localhost', '127.0.0.1'], from, to }: LeafOptions,
): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const alternatives = names.map((name) =>
    isIP(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name)),
  )
  const cert = certificate({
    subject: distinguished(names[0]!),
    issuer: subject,
    publicKey,
    signer,
    from: from ?? new Date(Date.now() - hourMs),
    to: to ?? new Date(Date.now() + 24 * hourMs),
    extensions: [
      extension(oids.basicConstraints, sequence(), true),
      extension(oids.keyUsage, bits(Buffer.from([0x80]), 7), true),
      extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth))),
      extension(oids.authorityKeyId, sequence(der(0x80, id))),
      extension(oids.subjectAltName, sequence(...alternatives)),
    ],
  })
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert }
}

interface CertificateParts {
  subject: Buffer
  issuer: Buffer
  publicKey: KeyObject
  signer: KeyObject
  from: Date
  to: Date
  extensions: Buffer[]
}

function certificate({ subject, issuer, publicKey, signer, from, to, extensions }: CertificateParts): string {
  const algorithm = sequence(oid(oids.ecdsaSha256))
  const body = sequence(
    der(0xa0, der(tag.integer, Buffer.from([2]))),
    // The first byte keeps the serial number positive and without a leading zero.
    der(tag.integer, Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    issuer,
    sequence(time(from), time(to)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  const bytes = sequence(body, algorithm, bits(sign('sha256', body, signer)))
  return `-----BEGIN CERTIFICATE-----\n${bytes
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END CERTIFICATE-----\n`
}

function der(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([type, ...size]), body])
}

const sequence = (...parts: Buffer[]) => der(tag.sequence, ...parts)
const oid = (hex: string) => der(tag.oid, Buffer.from(hex, 'hex'))
const bits = (bytes: Buffer, unused = 0) => der(tag.bits, Buffer.from([unused]), bytes)
const time = (date: Date) => der(tag.time, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))
const distinguished = (name: string) =>
  sequence(der(tag.set, sequence(oid(oids.commonName), der(tag.utf8, Buffer.from(name)))))
const keyId = (key: KeyObject) =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [der(tag.boolean, Buffer.from([255]))] : []), der(tag.octets, value))
}
