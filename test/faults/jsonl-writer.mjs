/**
 * Appends records through the built store until it is killed or has written enough, and prints each record's name once
 * it is acknowledged: `node jsonl-writer.mjs FILE NAME COUNT BYTES [SETTINGS]`. BYTES may be a range, `100-3000000`.
 */
import { writeSync } from 'node:fs'

import { jsonlStore } from '../../plugins/plugin-jsonl/dist/store.js'

const [file, name, count, bytes, settings = '{}'] = process.argv.slice(2)
const [least, most = least] = bytes.split('-').map(Number)
const store = jsonlStore(file, { settings: JSON.parse(settings) })
for (let i = 0; i < Number(count); i++) {
  const record = {
    timestamp: new Date().toISOString(),
    namespace: 'n',
    selector: `${name}/${i}`,
    raw_snapshot: 'x'.repeat(Math.round(least * (most / least) ** Math.random())),
  }
  await store.append({ ...record, overall_health: 'OK', jobs_ok: 1, jobs_warn: 0, jobs_error: 0 })
  writeSync(1, `${name}/${i}\n`)
}
