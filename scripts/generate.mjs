/**
 * Everything in the repository that is made from code: command docs, the snapshot of commands and flags, JSON schemas of
 * results, reference pages, API docs. `npm run generate` writes it; `--check` compares and fails where it differs.
 */
import { spawnSync } from 'node:child_process'
import path from 'node:path'

import { root } from './prepare.mjs'

// Sorting and lower case follow the locale that a process starts with; the files must not.
const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC', NO_COLOR: '1' }
const script = path.join(root, 'scripts', 'generate', 'all.mjs')
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit', env })
process.exitCode = status ?? 1
