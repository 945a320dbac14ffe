/**
 * A process of its own on an S3 location, to be killed: `append NAME COUNT TIMESTAMP` prints each acknowledged name,
 * `compact` prints what it did, `records` appends the JSON lines of stdin. The endpoint and credentials are the environment's.
 */
import { text } from 'node:stream/consumers'

import { s3Store } from '../../plugins/plugin-s3/dist/store.js'

const [, , location, work, name, count, timestamp] = process.argv
const none = () => undefined
const log = { debug: none, info: none, warn: none }
const host = { settings: {}, signal: new AbortController().signal, now: () => new Date(), log }
const store = s3Store(location, host, process.env)

if (work === 'compact') console.log(JSON.stringify(await store.compact()))
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
