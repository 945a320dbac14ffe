/** What is said about a store as a whole: verified, copied, compacted. */
import type { CompactResult } from '@arbk8s/plugin-kit'

import { cleanLine, count } from '../../base/text.js'
import type { CopyResult } from '../../history/copy.js'
import { type Damage, damageNote } from '../../history/read.js'
import type { HistoryVerdict } from '../../history/verify.js'
import type { Palette } from './colour.js'

/** What `history verify --json` prints. */
export interface HistoryVerifyView {
  /** The location as given. */
  history: string
  records: number
  /** Records whose place and content the chain vouches for. */
  chained: number
  /** Entries that were never whole, and that the chain vouches for since. */
  torn: number
  problems: { where: string; reason: string }[]
  /** The chain's last link: keep it elsewhere. Null without a chain. */
  head: string | null
  /** By the store's own check, or by reading every entry. */
  verified_by: 'store' | 'read'
}

/** What `history copy --json` prints. */
export interface HistoryCopyView {
  from: string
  to: string
  dry_run: boolean
  /** Records of the source. */
  records: number
  /** Entries of the source that are no records and were not copied. */
  damaged: Damage
  /** Records that the target had before. */
  before: number
  /** The source's records that were there already. */
  present: number
  copied: number
  /** The target's records when it was read again; null for a dry run. */
  after: number | null
  /** SHA-256 over the source's records. */
  digest: string
  /** The same over what was found of them in the target; null for a dry run. */
  proof: string | null
}

/** What `history compact --json` prints. */
export interface HistoryCompactView {
  history: string
  /** Files or objects before and after. */
  before: number
  after: number
  records: number
}

/** The verdict on the wire. */
export function verifyView(history: string, verdict: HistoryVerdict): HistoryVerifyView {
  const { records, chained, torn = 0, problems, head, by } = verdict
  return { history, records, chained, torn, problems: problems.map(cleaned), head, verified_by: by }
}

function cleaned({ where, reason }: { where: string; reason: string }): { where: string; reason: string } {
  return { where: cleanLine(where), reason: cleanLine(reason) }
}

/** Counts, each problem with its place, and the head. */
export function verifyText(view: HistoryVerifyView, palette: Palette): string {
  const { history, records, chained, torn, problems, head } = view
  const chain = head === null ? 'no chain' : `${chained} in the chain`
  const aside = torn > 0 ? [`${torn} torn ${torn === 1 ? 'line' : 'lines'} set aside`] : []
  const verdict = problems.length === 0 ? palette.green('whole') : palette.red(count(problems.length, 'problem'))
  return [
    `${history}: ${[count(records, 'record'), chain, ...aside].join(', ')}: ${verdict}`,
    ...problems.map(({ where, reason }) => `  ${palette.red('✗')} ${where}: ${reason}`),
    ...(head === null ? [] : [`Head: ${head}`]),
  ].join('\n')
}

/** The copy on the wire. */
export function copyView(places: { from: string; to: string; dryRun: boolean }, result: CopyResult): HistoryCopyView {
  const { damage, ...counts } = result
  return { from: places.from, to: places.to, dry_run: places.dryRun, damaged: damage, ...counts }
}

/** What was copied, or would be, and what proves it. */
export function copyText(view: HistoryCopyView): string {
  const { from, to, dry_run: dryRun, records, damaged, present, copied, after, digest } = view
  const note = damageNote(damaged)
  return [
    `From ${from}: ${count(records, 'record')}, digest ${digest}`,
    `To ${to}: ${count(view.before, 'record')} before, ${present} of these among them`,
    dryRun
      ? `Would copy ${count(copied, 'record')}. Nothing was written: add --no-dry-run.`
      : `Copied ${count(copied, 'record')}. Read again: ${count(after ?? 0, 'record')} there, with all of these: the same digest.`,
    ...(note ? [`Not copied: ${note.replace(' in the history skipped', '')}`] : []),
  ].join('\n')
}

/** What was tidied up. */
export function compactText(history: string, { before, after, records }: CompactResult): string {
  return `${history}: ${count(records, 'record')} in ${after} instead of ${before}`
}
