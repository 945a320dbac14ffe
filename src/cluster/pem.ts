/** Certificates and keys of a kubeconfig, checked before use: Node reports garbage in them as something else. */
import { X509Certificate, createPrivateKey } from 'node:crypto'

import { readTextFile, reasonOf } from '../base/files.js'
import { invalidEntry, pathOf, textOf, type RawEntry } from './kubeconfig-entry.js'

/** PEM text of `key-data` (base64, which wins) or of the file that `key` names; undefined where neither is there. */
export async function pemOf(entry: RawEntry, key: string): Promise<string | undefined> {
  const data = textOf(entry, `${key}-data`)
  if (data !== undefined) {
    if (!/^[A-Za-z0-9+/\s]+=*\s*$/.test(data)) throw invalidEntry(entry, `"${key}-data" is not base64`)
    return Buffer.from(data, 'base64').toString('utf8')
  }
  const file = pathOf(entry, key)
  if (file === undefined) return undefined
  return readTextFile(file).catch((error: unknown) => {
    throw invalidEntry(entry, `"${key}": ${file} cannot be read: ${reasonOf(error)}`)
  })
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** The text, when it holds at least one certificate and only ones that parse; else an error that names the key. */
export function checkedCertificates(pem: string, complain: (problem: string) => Error): string {
  const blocks = pem.match(certificateBlock)
  if (!blocks) throw complain('holds no PEM certificate')
  try {
    for (const block of blocks) new X509Certificate(block)
  } catch {
    throw complain('holds a certificate that cannot be read')
  }
  return pem
}

/** The text, when it is a private key without a passphrase. */
export function checkedKey(pem: string, complain: (problem: string) => Error): string {
  try {
    createPrivateKey(pem)
  } catch {
    throw complain('is not a private key in PEM, or it has a passphrase')
  }
  return pem
}
