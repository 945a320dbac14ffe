/**
 * `npm run quickstart`: installs, builds and takes the example session through the whole pipeline on the embedded
 * sandbox. Nothing but Node and npm is needed. `--failing` takes the session with a worker that fails.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import path from 'node:path'

import { build, install, root } from './prepare.mjs'

install()
build()
const session = process.argv.includes('--failing') ? 'failing' : 'quickstart'
// Results of an earlier run would stand beside this one's.
rmSync(path.join(root, '.arbk8s', session), { recursive: true, force: true })
const args = [
  'pipeline',
  'run',
  '--k8s-config',
  path.join('examples', 'sessions', session, 'k8s.yaml'),
  '--jobs-dir',
  path.join('.arbk8s', session, 'jobs'),
  '--history-file',
  path.join('.arbk8s', session, 'history.jsonl'),
  '--sandbox',
  '--sandbox-dir',
  path.join('.arbk8s', session, 'sandbox'),
  '--sandbox-image',
  'arbk8s-example/spread-search:1.0=examples/spread-search',
  '--enable-apply',
  '--enable-alerts',
  '--channel-type',
  'console',
  '--wait',
  '--timeout',
  '5m',
]
console.error(`$ bin/run.js ${args.join(' ')}\n`)
const result = spawnSync(process.execPath, [path.join('bin', 'run.js'), ...args], { cwd: root, stdio: 'inherit' })
process.exitCode = result.status ?? 1
if (session === 'quickstart' && result.status === 0) {
  console.error(`\nThe best parameters that the two workers found:
  node examples/spread-search/best.mjs .arbk8s/quickstart/sandbox/tuning/*/*/outputs/*.csv`)
}
