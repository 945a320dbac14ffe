/** The store `s3`: history in a bucket, one immutable object a record. */
import type { HistoryStore, PluginContext, StoreHook } from '@arbk8s/plugin-kit'

import { append } from './append.js'
import { openBucket } from './bucket.js'
import { compact } from './compact.js'
import { layoutOf, nameMaker } from './keys.js'
import { parseLocation } from './location.js'
import { read } from './read.js'
import { readSettings } from './settings.js'
import { verify } from './verify.js'

/** What the store takes from its host. */
export type S3Host = Pick<PluginContext, 'settings' | 'signal' | 'now' | 'log'>

/**
 * A store at `s3://bucket/prefix`. Nothing is loaded or sent before the first call. Throws with `code: 'ERR_SETTINGS'`
 * where the location or a setting is wrong. `firstPauseMs` is how long the second try waits at most.
 */
export function s3Store(
  location: string,
  host: S3Host,
  env: Record<string, string | undefined>,
  firstPauseMs = 200,
): HistoryStore {
  const { bucket: name, prefix } = parseLocation(location)
  const settings = readSettings(host.settings, env)
  const bucket = openBucket({ name, settings, signal: host.signal, log: host.log, firstPauseMs })
  const layout = layoutOf(prefix)
  const nameOf = nameMaker(host.now)
  const options = { bucket, layout, location }
  return {
    apiVersion: 1,
    append: (record) => append(record, { bucket, layout, nameOf }),
    read: (query = {}) => read(query, options),
    compact: () => compact({ bucket, layout, now: host.now }),
    verify: () => verify(read({}, options)),
    close: async () => bucket.close(),
  }
}

const hook: StoreHook = ({ host, location }) => s3Store(location, host, process.env)
export default hook
