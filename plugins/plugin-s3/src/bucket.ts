/** Four calls on a bucket, each with deadlines, bounded retries and a check of what came back. */
import { setMaxListeners } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

import type { Logger } from '@arbk8s/plugin-kit'

import { gate } from './ahead.js'
import { type Connection, connect } from './client.js'
import { within } from './deadline.js'
import { type Call, failureOf, judge, JunkAnswer, TryTimeout } from './errors.js'
import { readPage, type Page } from './list.js'
import type { S3Settings } from './settings.js'
import { explained } from './words.js'

/** An object's content as it was read. */
export interface Content {
  body: Buffer
  etag: string | undefined
}

/** Where objects are kept. All rejections are plain Errors in plain words. */
export interface Bucket {
  /** Stores an object under a new key. `taken` where the key exists; the ETag where it is stored. */
  put(key: string, body: Buffer, contentType: string): Promise<{ etag: string } | 'taken'>
  /** Undefined where there is no such object. */
  get(key: string): Promise<Content | undefined>
  /** One page of the names below a prefix, in ascending order; with `folders` the names up to the next slash. */
  list(prefix: string, options: { folders: boolean; token?: string | undefined }): Promise<Page>
  /** Removes an object; that it is gone already is no error. */
  remove(key: string): Promise<void>
  close(): void
}

/** What a bucket needs from outside. */
export interface BucketOptions {
  name: string
  settings: S3Settings
  signal: AbortSignal
  log: Logger
  /** Ms before the second try at most; each further pause is twice as long. */
  firstPauseMs: number
}

const mostTries = 6
const longestPauseMs = 3000
/** Calls at once; fewer than the SDK's sockets, so that none waits for one while its time runs. */
const mostCalls = 32

/** What this process has learned about the store. */
interface Learned {
  connection: Promise<Connection> | undefined
  settings: S3Settings
  /** Whether `If-None-Match: *` is sent. Uniqueness comes from the keys; this only guards against a store's own mistakes. */
  conditional: boolean
}

/** What a refused request had sent. */
interface Sent {
  conditional: boolean
  checksums: S3Settings['checksums']
}

export function openBucket({ name, settings, signal: outer, log, firstPauseMs }: BucketOptions): Bucket {
  // Many calls listen at once, which is no leak.
  const signal = AbortSignal.any([outer])
  setMaxListeners(0, signal)
  const learned: Learned = { connection: undefined, settings, conditional: true }
  const turn = gate(mostCalls)
  const tryMs = Math.max(settings.timeoutMs / 2, 50)

  function connected(): Promise<Connection> {
    learned.connection ??= connect(learned.settings, log)
    return learned.connection
  }

  function run<T>(call: Call, work: (to: Connection, signal: AbortSignal) => Promise<T>): Promise<T> {
    return turn(() => tries(call, work))
  }

  async function tries<T>(call: Call, work: (to: Connection, signal: AbortSignal) => Promise<T>): Promise<T> {
    // Loading the SDK is work of this machine, which no deadline is about.
    const connection = await connected()
    const end = performance.now() + settings.timeoutMs
    let before: unknown
    for (let count = 1; ; count++) {
      const left = Math.max(end - performance.now(), 1)
      try {
        return await within(Math.min(tryMs, left), signal, (inner) => work(connection, inner))
      } catch (error) {
        if (signal.aborted) throw givenUp(call)
        // A last try that had little time says less than the one before it.
        if (error instanceof TryTimeout && left < tryMs && before !== undefined) throw before
        const wait = Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1)) * (0.5 + Math.random() / 2)
        const late = performance.now() + wait >= end
        if (judge(error) !== 'again' || count >= mostTries || late) throw error
        before = error
        await delay(wait, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async function put(call: Call, body: Buffer, contentType: string): Promise<{ etag: string } | 'taken'> {
    for (;;) {
      const sent = { conditional: learned.conditional, checksums: learned.settings.checksums }
      try {
        const etag = await run(call, async ({ sdk, client }, abortSignal) => {
          const input = {
            Bucket: name,
            Key: call.key,
            Body: body,
            ContentType: contentType,
            ContentLength: body.length,
          }
          const command = new sdk.PutObjectCommand({ ...input, ...(sent.conditional && { IfNoneMatch: '*' }) })
          const { ETag } = await client.send(command, { abortSignal })
          if (!ETag) throw new JunkAnswer('the answer has no ETag')
          return ETag
        })
        return { etag }
      } catch (error) {
        if (judge(error) === 'taken') return 'taken'
        if (!learn(learned, error, sent)) throw explained(error, call, settings.endpoint)
        log.debug(`the S3 store does not know all headers (${failureOf(error).name}); going on without`)
      }
    }
  }

  async function get(call: Call): Promise<Content | undefined> {
    try {
      return await run(call, async ({ sdk, client }, abortSignal) => {
        const { Body, ETag, ContentLength } = await client.send(
          new sdk.GetObjectCommand({ Bucket: name, Key: call.key }),
          { abortSignal },
        )
        if (!Body || !ETag) throw new JunkAnswer('the answer has no ETag')
        const body = Buffer.from(await Body.transformToByteArray())
        if (ContentLength !== undefined && body.length !== ContentLength) throw new JunkAnswer('the answer was cut off')
        return { body, etag: ETag }
      })
    } catch (error) {
      if (judge(error) === 'missing') return undefined
      throw explained(error, call, settings.endpoint)
    }
  }

  async function list(call: Call, { folders, token }: { folders: boolean; token?: string | undefined }): Promise<Page> {
    const input = { Bucket: name, Prefix: call.key, ...(folders && { Delimiter: '/' }) }
    return run(call, async ({ sdk, client }, abortSignal) => {
      const command = new sdk.ListObjectsV2Command({ ...input, ...(token && { ContinuationToken: token }) })
      return readPage(await client.send(command, { abortSignal }), call.key)
    }).catch((error: unknown) => {
      throw explained(error, call, settings.endpoint)
    })
  }

  async function remove(call: Call): Promise<void> {
    try {
      await run(call, async ({ sdk, client }, abortSignal) => {
        await client.send(new sdk.DeleteObjectCommand({ Bucket: name, Key: call.key }), { abortSignal })
      })
    } catch (error) {
      if (judge(error) !== 'missing') throw explained(error, call, settings.endpoint)
    }
  }

  const call = (action: Call['action'], key: string): Call => ({ action, bucket: name, key })
  return {
    put: (key, body, contentType) => put(call('s3:PutObject', key), body, contentType),
    get: (key) => get(call('s3:GetObject', key)),
    list: (prefix, options) => list(call('s3:ListBucket', prefix), options),
    remove: (key) => remove(call('s3:DeleteObject', key)),
    close: () => void learned.connection?.then(({ client }) => client.destroy()).catch(() => undefined),
  }
}

function givenUp({ bucket, key }: Call): Error {
  return new Error(`s3://${bucket}/${key}: given up before the store answered`)
}

/**
 * Gives up one header that a store may not know, for the rest of this process: first the condition, then the checksums.
 * False where the failure is of another kind or nothing is left to give up.
 */
function learn(learned: Learned, error: unknown, sent: Sent): boolean {
  const { name, status, message } = failureOf(error)
  const refused =
    judge(error) === 'unsupported' ||
    (status === 400 &&
      /InvalidArgument|InvalidRequest|NotSupported/.test(name) &&
      /if-none-match|checksum|header/i.test(message))
  if (!refused) return false
  if (sent.conditional) {
    learned.conditional = false
    return true
  }
  if (sent.checksums === 'required-only') return false
  if (learned.settings.checksums === 'required-only') return true
  learned.settings = { ...learned.settings, checksums: 'required-only' }
  learned.connection = undefined
  return true
}
