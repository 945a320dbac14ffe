/**
 * `npm test`: installs what is missing, builds, then lint, types, generated files and every tier of tests that needs
 * nothing but this machine. Ends with one line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { build, install, root } from './prepare.mjs'

install()
build()

const tiers =
  process.argv.slice(2).length > 0 ? process.argv.slice(2) : ['checks', 'unit', 'cli', 'plugins', 'faults', 'cluster']
const temporary = mkdtempSync(path.join(tmpdir(), 'arbk8s-test-'))
/** No tier takes half as long on two busy cores. */
const tierMs = 20 * 60_000
let passed = 0
let failed = 0
let pending = 0

function bin(name) {
  return path.join(root, 'node_modules', '.bin', name)
}

function check(title, command, args) {
  console.log(`\n== ${title}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status === 0) passed += 1
  else failed += 1
}

function tier(name) {
  console.log(
    `\n== ${name} tests${name === 'cluster' && !process.env.ARBK8S_TEST_KUBECONFIG ? ' (on the embedded sandbox; ARBK8S_TEST_KUBECONFIG names a real cluster)' : ''}`,
  )
  const report = path.join(temporary, `${name}.json`)
  const args = [
    `test/${name}/**/*.test.ts`,
    '--reporter',
    './test/helpers/reporter.cjs',
    '--reporter-option',
    `output=${report}`,
  ]
  const { status, signal } = spawnSync(bin('mocha'), args, { cwd: root, stdio: 'inherit', timeout: tierMs })
  // What a failed test leaves open keeps mocha alive; its report is written by then.
  if (signal) console.log(`the ${name} tests did not end by themselves within ${tierMs / 60_000} minutes`)
  const stats = readStats(report)
  passed += stats.passes
  failed += stats.failures + (status !== 0 && stats.failures === 0 ? 1 : 0)
  pending += stats.pending
}

function readStats(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { passes: 0, failures: 0, pending: 0 }
  }
}

for (const name of tiers) {
  if (name !== 'checks') {
    tier(name)
    continue
  }
  check('lint', bin('eslint'), ['.'])
  check('format', bin('prettier'), ['--check', '--log-level', 'warn', '.'])
  check('types', bin('tsc'), ['-p', 'tsconfig.test.json'])
  check('generated files', process.execPath, ['scripts/generate.mjs', '--check'])
}
rmSync(temporary, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed${pending > 0 ? `, ${pending} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0
