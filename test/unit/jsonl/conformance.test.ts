import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { jsonlStore } from '../../../plugins/plugin-jsonl/src/store.js'
import { testStore } from '../../../plugins/plugin-kit/src/testing/index.js'

testStore(
  { describe, it },
  {
    name: 'jsonl',
    location: async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-jsonl-'))
      const file = path.join(folder, 'new', 'history.jsonl')
      return {
        open: () => jsonlStore(file),
        damage: () => appendFile(file, '{"timestamp": "2025-11-16T10:0'),
        block: async () => void (await mkdir(file, { recursive: true })),
        remove: () => rm(folder, { recursive: true }),
      }
    },
  },
)
