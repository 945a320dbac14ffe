/** Storing one record as one new object. */
import type { HistoryRecord } from '@arbk8s/plugin-kit'

import type { Bucket } from './bucket.js'
import { dayOf, type Layout, timeOf } from './keys.js'

/** Names tried before the store is taken for broken: a random name that exists twice is no chance. */
const mostNames = 3

export interface AppendOptions {
  bucket: Bucket
  layout: Layout
  nameOf: (time: number, content: Buffer) => string
}

/** Resolves when the store has acknowledged the object. What exists is never overwritten. */
export async function append(record: HistoryRecord, { bucket, layout, nameOf }: AppendOptions): Promise<void> {
  const time = timeOf(record.timestamp)
  if (Number.isNaN(time)) throw new Error('a record needs a timestamp such as 2025-11-16T10:00:00Z')
  const body = Buffer.from(`${JSON.stringify(record)}\n`)
  let key = ''
  for (let names = 0; names < mostNames; names++) {
    key = `${layout.records}${dayOf(time)}/${nameOf(time, body)}`
    if ((await putNew(bucket, key, body, 'application/json')) !== 'taken') return
  }
  throw new Error(`${key}: the store says of every new name that it exists, with other content`)
}

/**
 * Puts an object whose name no other content can have. Where the store says that it exists, an earlier try whose answer
 * was lost may have made it: then the content is the same, and that is success.
 */
export async function putNew(
  bucket: Bucket,
  key: string,
  body: Buffer,
  contentType: string,
): Promise<{ etag: string | undefined } | 'taken'> {
  const result = await bucket.put(key, body, contentType)
  if (result !== 'taken') return result
  const stored = await bucket.get(key)
  return stored?.body.equals(body) ? { etag: stored.etag } : 'taken'
}
