import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { jsonlStore } from '../../../plugins/plugin-jsonl/src/store.js'
import { testStore } from '../../../plugins/plugin-kit/src/testing/index.js'
import { repoRoot } from '../../helpers/cli.js'

const script = `
  import { readFileSync } from 'node:fs'
  import { jsonlStore } from ${JSON.stringify(path.join(repoRoot, 'plugins/plugin-jsonl/dist/store.js'))}
  const { file, settings, records } = JSON.parse(readFileSync(process.argv[1], 'utf8'))
  const store = jsonlStore(file, { settings })
  for (const record of records) await store.append(record)
`

const kinds: Record<string, Record<string, unknown>> = {
  jsonl: {},
  'jsonl with a chain': { chain: true },
  'jsonl in many files': { rotate: { size: 1500 } },
  'jsonl in many files with a chain': { rotate: { size: 1500 }, chain: true },
}

for (const [name, settings] of Object.entries(kinds)) {
  testStore(
    { describe, it },
    {
      name,
      location: async () => {
        const folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-jsonl-'))
        const file = path.join(folder, 'new', 'history.jsonl')
        return {
          open: ({ signal } = {}) => jsonlStore(file, { settings, ...(signal && { signal }) }),
          damage: () => appendFile(file, '{"timestamp": "2025-11-16T10:0'),
          block: async () => void (await mkdir(file, { recursive: true })),
          appendElsewhere: async (records) => {
            const input = path.join(folder, `${randomUUID()}.json`)
            await writeFile(input, JSON.stringify({ file, settings, records }))
            await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, input])
          },
          remove: () => rm(folder, { recursive: true }),
        }
      },
    },
  )
}
