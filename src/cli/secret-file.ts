/** A secret that stands in a file of its own, or comes on stdin. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { addAbortSignal } from 'node:stream'

import { ArbError, messageOf } from '../base/errors.js'
import { decodeUtf8, readTextFile, reasonOf } from '../base/files.js'
import { masker } from './masker.js'
import { writeErr } from './output.js'

/** No secret is longer; a private key has some 3 KiB. */
const maxSecretBytes = 64 * 1024
const cautioned = new Set<string>()

/** The file's content without the newline at its end. Rejects with the reason in one line; warns where others can read it. */
export async function readSecretFile(file: string): Promise<string> {
  const text = await readTextFile(file, maxSecretBytes).catch((error: unknown) => {
    throw new Error(`it cannot be read: ${reasonOf(error)}`, { cause: error })
  })
  // Certificates are for everybody to read.
  if (!text.startsWith('-----BEGIN CERTIFICATE-----')) await cautionWhenOpen(path.resolve(file))
  return taken(text)
}

/** A flag's secret: from the file, or from stdin for `-`. */
export async function readSecretOfFlag(flag: string, file: string, signal: AbortSignal): Promise<string> {
  try {
    return file === '-' ? taken(await readStdin(signal)) : await readSecretFile(file)
  } catch (error) {
    signal.throwIfAborted()
    throw new ArbError({
      code: 'ARB_SECRET_MISSING',
      message: `--${flag} ${file}: ${messageOf(error)}`,
      hints: ['Name a file that holds the value alone, or give it on stdin with "-".'],
      details: { flag, file },
      cause: error,
    })
  }
}

function taken(text: string): string {
  const secret = text.replace(/^\uFEFF/, '').replace(/[\r\n]+$/, '')
  if (secret.trim() === '') throw new Error('it is empty')
  masker.add(secret)
  return secret
}

async function readStdin(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of addAbortSignal(signal, process.stdin) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxSecretBytes) throw new Error(`stdin gave more than ${maxSecretBytes} bytes`)
    chunks.push(chunk)
  }
  return decodeUtf8(Buffer.concat(chunks))
}

async function cautionWhenOpen(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o004) === 0 || cautioned.has(file)) return
  cautioned.add(file)
  await writeErr(`Warning: ${file} can be read by every user of this machine: chmod 600 keeps it to you`)
}
