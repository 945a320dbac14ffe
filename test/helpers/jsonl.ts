/** Writers of a history file as processes of their own, and what is in the file afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { jsonlStore } from '../../plugins/plugin-jsonl/src/store.js'

export const writerScript = fileURLToPath(new URL('../faults/jsonl-writer.mjs', import.meta.url))

export interface WriterOptions {
  file: string
  name: string
  count: number
  /** Of a record, or a range such as `100-3000000`. */
  bytes: number | string
  settings?: Record<string, unknown>
}

export interface Writer {
  child: ChildProcess
  /** Names of the records that were acknowledged so far. */
  acknowledged(): string[]
  /** Resolves at its end. */
  done: Promise<unknown>
}

export function startWriter({ file, name, count, bytes, settings = {} }: WriterOptions): Writer {
  const args = [writerScript, file, name, String(count), String(bytes), JSON.stringify(settings)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  // The last piece may be a name that was cut off while it was printed.
  return { child, acknowledged: () => output.split('\n').slice(0, -1), done: once(child, 'close') }
}

/** The names of all records, and how many entries are damaged. */
export async function storedNames(
  file: string,
  query: { newestFirst?: boolean } = {},
): Promise<{ names: string[]; damaged: number }> {
  const names: string[] = []
  let damaged = 0
  for await (const entry of jsonlStore(file).read(query)) {
    if ('record' in entry) names.push(entry.record.selector)
    else damaged++
  }
  return { names, damaged }
}

/** A count for CI, or the full one with ARBK8S_FULL_FAULTS=1. */
export function rounds(reduced: number, full: number): number {
  return process.env.ARBK8S_FULL_FAULTS ? full : reduced
}
