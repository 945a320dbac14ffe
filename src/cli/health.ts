/** What the commands that judge a session share: the flags, one look at the cluster, and the screen to show it on. */
import { Flags } from '@oclif/core'

import type { Reader, Snapshot } from '../cluster/types.js'
import type { JudgeOptions } from '../health/judge.js'
import type { SessionHealth } from '../health/types.js'
import { colourWanted, palette, type Palette } from './render/colour.js'

/** How a session is judged. */
export const judgeFlags = {
  strict: Flags.boolean({ description: 'exit 1 on WARN' }),
  'warn-on-pending': Flags.boolean({
    allowNo: true,
    default: true,
    description: 'a Job that has not started is a WARN',
  }),
  'unknown-as-error': Flags.boolean({
    allowNo: true,
    default: true,
    description: 'a Job whose phase is not known is an ERROR, else a WARN',
  }),
  'allow-empty': Flags.boolean({ description: 'no Job at all is OK' }),
}

/** How many events a result keeps. */
export const eventsLimitFlag = Flags.integer({
  min: 0,
  default: 20,
  description: 'the newest so many events are kept',
  helpValue: 'N',
})

/** The parsed values of `judgeFlags` that decide the judgement. */
export interface JudgeFlagValues {
  'warn-on-pending': boolean
  'unknown-as-error': boolean
  'allow-empty': boolean
}

/** The flags as the judge takes them. */
export function judgeOptions(flags: JudgeFlagValues): JudgeOptions {
  return {
    warnOnPending: flags['warn-on-pending'],
    unknownAsError: flags['unknown-as-error'],
    allowEmpty: flags['allow-empty'],
  }
}

export interface LookOptions {
  namespace: string
  selector: string
  /** Last lines per container; 0 reads no logs. */
  maxLogLines: number
  judge: JudgeOptions
  signal: AbortSignal
}

/** Causes are looked for in all events, whatever is kept of them: the first message of a trouble is often an old one. */
const eventsRead = Infinity

/** One snapshot and its judgement. Throws where the Jobs cannot be read. */
export async function lookAtSession(
  reader: Reader,
  { judge, ...target }: LookOptions,
): Promise<{ snapshot: Snapshot; health: SessionHealth }> {
  const [{ takeSnapshot }, { judgeSnapshot }] = await Promise.all([
    import('../cluster/snapshot.js'),
    import('../health/judge.js'),
  ])
  const snapshot = await takeSnapshot(reader, { ...target, eventsLimit: eventsRead, now: () => new Date() })
  return { snapshot, health: judgeSnapshot(snapshot, judge) }
}

/** The colours and the width of this process's stdout; a terminal that does not know its width says 0. */
export function screenOf(): { palette: Palette; width: number | undefined } {
  const { isTTY, columns } = process.stdout
  return { palette: palette(colourWanted({ isTTY, env: process.env })), width: columns || undefined }
}
