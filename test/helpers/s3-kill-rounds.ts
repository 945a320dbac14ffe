/** Compactions that are killed at random moments while others write and read. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { HistoryStore } from '../../plugins/plugin-kit/src/index.js'
import { selectorsOf } from './s3-store.js'

const script = fileURLToPath(new URL('s3-child.mjs', import.meta.url))

export interface KillOptions {
  location: string
  env: Record<string, string>
  rounds: number
  /** A compaction is killed within so many ms after it began, or sooner where it would have ended by then. */
  longestMs: number
  /** Opens the location to read it. */
  open(): HistoryStore
}

export interface KillFigures {
  acknowledged: number
  lost: number
  doubled: number
  /** Reads that went on while a compaction ran and was killed. */
  reads: number
  /** What such a read missed of what was acknowledged before it began. */
  missed: number
  /** Compactions that were killed after they began and before they ended. */
  killed: number
}

/** A child that works on a location; what it printed so far, whole lines only. */
export function s3Child(args: string[], env: Record<string, string>): { child: ChildProcess; lines(): string[] } {
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: 'pipe',
  })
  let output = ''
  child.stdout!.on('data', (data: Buffer) => (output += data.toString()))
  return { child, lines: () => output.split('\n').slice(0, -1) }
}

/** Kills a compaction at a random moment after it began; true where it had not ended. */
async function killed({ child, lines }: ReturnType<typeof s3Child>, longestMs: number): Promise<boolean> {
  const closed = once(child, 'close')
  await Promise.race([once(child.stdout!, 'data'), closed])
  await delay(Math.random() * longestMs)
  child.kill('SIGKILL')
  await closed
  return lines().length < 2
}

/** Runs the rounds: in each a writer, a reader and two compactions, of which one is killed; then a compaction in peace. */
export async function killRounds({ location, env, rounds, longestMs, open }: KillOptions): Promise<KillFigures> {
  const figures = { acknowledged: 0, lost: 0, doubled: 0, reads: 0, missed: 0, killed: 0 }
  const acknowledged: string[] = []
  let spanMs = longestMs
  for (let round = 0; round < rounds; round++) {
    const day = `2025-10-${String(1 + (round % 3)).padStart(2, '0')}T10:00:00Z`
    const writer = s3Child([location, 'append', `w${round}`, '12', day], env)
    const compactions = [s3Child([location, 'compact'], env), s3Child([location, 'compact'], env)]
    const ended = [writer, ...compactions].map(({ child }) => once(child, 'close'))
    const killing = killed(compactions[0]!, spanMs)
    if (round > 0) {
      const before = [...acknowledged]
      const seen = await selectorsOf(open())
      figures.reads++
      figures.missed += before.filter((name) => !seen.includes(name)).length
      figures.doubled += seen.length - new Set(seen).size
    }
    // How long a compaction takes depends on the machine: the kills feel their way to moments within one.
    if (await killing) {
      figures.killed++
      spanMs = Math.min(longestMs, spanMs * 1.5)
    } else spanMs /= 3
    await Promise.all(ended)
    acknowledged.push(...writer.lines())
  }
  await open().compact?.()
  const seen = await selectorsOf(open())
  figures.acknowledged = acknowledged.length
  figures.lost = acknowledged.filter((name) => !seen.includes(name)).length
  figures.doubled += seen.length - new Set(seen).size
  return figures
}
