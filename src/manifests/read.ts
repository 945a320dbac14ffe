/** Reads manifests from files, folders and stdin: regular files only, bounded, strictly UTF-8. */
import { constants } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { decodeUtf8, reasonOf } from '../base/files.js'
import { secretsInYaml } from '../base/secrets-in-yaml.js'
import type { Problem } from './path.js'

/** Bytes that one file, or stdin, may have. */
export const maxFileBytes = 64 * 1024 * 1024
const manifestName = /\.(ya?ml|json)$/i

/** The text of one file, read once; later stages work on the same text. */
export interface ManifestSource {
  /** As it was given, or `-` for stdin. */
  file: string
  text: string
  /** Why the bytes are no text; `text` is then empty. */
  problem?: Problem
}

/** Where manifests are read from. */
export interface ReadOptions {
  /** Files and folders; a folder's .yaml, .yml and .json files are taken in the order of their names. `-` is stdin. */
  paths: string[]
  /** Also the folders within folders. */
  recursive?: boolean
  /** Needed for `-`. */
  stdin?: AsyncIterable<Uint8Array | string>
  signal?: AbortSignal
  /** Is told each value that looks like a secret, so that nothing said about the text repeats it. */
  onSecret?: ((value: string) => void) | undefined
}

/** Reads one file after the other. Throws where a path is missing, unreadable or a folder without manifests. */
export async function* readSources({
  paths,
  recursive = false,
  stdin,
  signal,
  onSecret,
}: ReadOptions): AsyncGenerator<ManifestSource> {
  const told = (source: ManifestSource): ManifestSource => {
    if (onSecret) secretsInYaml(source.text).forEach((secret) => onSecret(secret))
    return source
  }
  for (const name of paths) {
    if (name === '-') yield told(sourceOf('-', await readStream(stdin)))
    else
      for (const file of await manifestFiles(name, recursive)) {
        signal?.throwIfAborted()
        yield told(sourceOf(file, await readRegularFile(file)))
      }
  }
}

async function manifestFiles(name: string, recursive: boolean): Promise<string[]> {
  const status = await stat(name).catch((error: unknown) => {
    throw missing(name, error)
  })
  if (!status.isDirectory()) return [name]
  const entries = await readdir(name, { withFileTypes: true, recursive }).catch((error: unknown) => {
    throw missing(name, error)
  })
  const files = entries
    .filter((entry) => !entry.isDirectory() && manifestName.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  if (files.length) return files
  throw new ArbError({
    code: 'ARB_JOBS_DIR_EMPTY',
    message: `${name}: there is no manifest (.yaml, .yml or .json) in this folder`,
    hints: [
      'Make the manifests first: arbk8s jobs gen --k8s-config k8s.yaml --output-dir DIR',
      'Or name the folder that has them.',
    ],
  })
}

/** The error for files that are there and hold no manifest at all. */
export function noManifestIn(paths: readonly string[]): ArbError {
  return new ArbError({
    code: 'ARB_JOBS_DIR_EMPTY',
    message: `${paths.map((name) => (name === '-' ? 'stdin' : name)).join(', ')}: there is no manifest in it`,
    hints: ['Make the manifests first: arbk8s jobs gen --k8s-config k8s.yaml --output-dir DIR'],
  })
}

function missing(name: string, error: unknown): ArbError {
  return new ArbError({
    code: 'ARB_JOBS_DIR_MISSING',
    message: `${name}: cannot be read: ${reasonOf(error)}`,
    hints: ['Name a folder with manifests, manifest files, or - for stdin.'],
    cause: error,
  })
}

async function readRegularFile(file: string): Promise<Uint8Array> {
  try {
    // O_NONBLOCK, so that a pipe of that name is refused instead of waited for.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const status = await handle.stat()
      if (!status.isFile()) throw new Error('it is not a regular file')
      if (status.size > maxFileBytes) throw new Error(`it has ${status.size} bytes; at most ${maxFileBytes} are read`)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw missing(file, error)
  }
}

async function readStream(stdin: ReadOptions['stdin']): Promise<Uint8Array> {
  if (!stdin) throw new ArbError({ code: 'ARB_USAGE', message: '- stands for stdin, and there is none here' })
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stdin) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    size += bytes.length
    if (size > maxFileBytes) throw missing('-', new Error(`stdin has more than ${maxFileBytes} bytes`))
    parts.push(bytes)
  }
  return Buffer.concat(parts)
}

function sourceOf(file: string, bytes: Uint8Array): ManifestSource {
  try {
    return { file, text: decodeUtf8(bytes) }
  } catch {
    return { file, text: '', problem: encodingProblem(bytes) }
  }
}

function encodingProblem(bytes: Uint8Array): Problem {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  return {
    rule: 'yaml/encoding',
    level: 1,
    severity: 'error',
    path: [],
    position: { line: 1, column: 1 },
    message: utf16 ? 'the file is UTF-16; manifests are UTF-8' : 'the file is not UTF-8 text',
    fix: 'Save it as UTF-8.',
  }
}
