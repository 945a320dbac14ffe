/**
 * A process of its own on an S3 location, to be killed: `append NAME COUNT TIMESTAMP` prints each acknowledged name,
 * `compact` prints `ready` before and the result after, `records` appends the JSON lines of stdin. The endpoint and credentials are the environment's.
 */
import { text } from 'node:stream/consumers'

import { s3Store } from '../../plugins/plugin-s3/dist/store.js'

const [, , location, work, name, count, timestamp] = process.argv
const none = () => undefined
const log = { debug: none, info: none, warn: none }
const host = { settings: {}, signal: new AbortController().signal, now: () => new Date(), log }
const store = s3Store(location, host, process.env)

if (work === 'compact') {
  // Everything is loaded and connected before it says so: who kills it then meets the compaction itself.
  await store.read({ newestFirst: true, limit: 1 }).next().catch(none)
  console.log('ready')
  console.log(JSON.stringify(await store.compact()))
}
if (work === 'records') {
  for (const line of (await text(process.stdin)).split('\n').filter(Boolean)) await store.append(JSON.parse(line))
}
if (work === 'append') {
  for (let i = 0; i < Number(count); i++) {
    await store.append({ timestamp, selector: `${name}/${i}`, overall_health: 'OK' })
    console.log(`${name}/${i}`)
  }
}
await store.close()
