/**
 * A self-signed certificate for loopback. Node has no call that makes one; the ASN.1 below is the little that an
 * EC certificate needs, signed by node:crypto, so that the package has neither twenty ASN.1 packages nor an openssl
 * binary to depend on.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  /** PEM. */
  key: string
  /** PEM; it is its own authority. */
  cert: string
}

const tag = { boolean: 1, integer: 2, bits: 3, octets: 4, oid: 6, utf8: 12, time: 24, sequence: 48, set: 49 }
const oids = {
  commonName: '550403',
  ecdsaSha256: '2a8648ce3d040302',
  subjectKeyId: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
}

function der(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([type, ...length]), body])
}

const sequence = (...parts: Buffer[]) => der(tag.sequence, ...parts)
const oid = (hex: string) => der(tag.oid, Buffer.from(hex, 'hex'))
const bits = (bytes: Buffer, unused = 0) => der(tag.bits, Buffer.from([unused]), bytes)

/** A new key and certificate for localhost, 127.0.0.1 and ::1, good from an hour before `now` for `days`. */
export function selfSigned(now: Date, days = 365): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const algorithm = sequence(oid(oids.ecdsaSha256))
  const name = sequence(der(tag.set, sequence(oid(oids.commonName), der(tag.utf8, Buffer.from('arbk8s-sandbox')))))
  const validity = sequence(time(now.getTime() - 3_600_000), time(now.getTime() + days * 86_400_000))
  // The first byte keeps the serial number positive and without a leading zero.
  const serial = Buffer.concat([Buffer.from([0x40]), randomBytes(15)])
  const body = sequence(
    der(0xa0, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, serial),
    algorithm,
    name,
    validity,
    name,
    spki,
    der(0xa3, sequence(...extensions(spki))),
  )
  const certificate = sequence(body, algorithm, bits(sign('sha256', body, privateKey)))
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, cert: pem(certificate) }
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)
  return der(tag.time, Buffer.from(`${text}Z`))
}

function extensions(spki: Buffer): Buffer[] {
  const extension = (id: string, value: Buffer, critical = false) =>
    sequence(oid(id), ...(critical ? [der(tag.boolean, Buffer.from([255]))] : []), der(tag.octets, value))
  const names = sequence(
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
    der(0x87, Buffer.from([...Array<number>(15).fill(0), 1])),
  )
  return [
    extension(oids.basicConstraints, sequence(der(tag.boolean, Buffer.from([255]))), true),
    // digitalSignature and keyCertSign: it signs handshakes, and itself.
    extension(oids.keyUsage, bits(Buffer.from([0x84]), 2), true),
    extension(oids.extendedKeyUsage, sequence(oid(oids.serverAuth))),
    extension(oids.subjectKeyId, der(tag.octets, createHash('sha1').update(spki).digest())),
    extension(oids.subjectAltName, names),
  ]
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g)!
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
