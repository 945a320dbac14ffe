/** Where the history of a command is, and opening it. */
import { Flags } from '@oclif/core'
import type { Config } from '@oclif/core'
import type { HistoryStore } from '@arbk8s/plugin-kit'

import { parseDuration } from '../base/duration.js'
import { ArbError } from '../base/errors.js'
import { isRecord } from '../base/json.js'
import { openStore, pluginContext, storeScheme } from '../plugins/load.js'
import type { ValueSource } from './base-command.js'
import { selectorFlags } from './flags.js'
import { maskedStore } from './masked-plugins.js'
import { withSecrets } from './secret-settings.js'
import { givenSelector } from './which-jobs.js'

export interface HistoryFlagValues {
  'history-file'?: string | undefined
  history?: string | undefined
}

/** The location that the strongest source names: flag over variable over settings file. */
export function historyLocation(flags: HistoryFlagValues, sources: Record<string, ValueSource>): string {
  const given = (['history-file', 'history'] as const).flatMap((name) =>
    flags[name] ? [{ name, value: flags[name] }] : [],
  )
  const strength = { flag: 0, variable: 1, project: 2, user: 3, default: 4, unset: 5 }
  given.sort((a, b) => strength[sources[a.name]?.from ?? 'unset'] - strength[sources[b.name]?.from ?? 'unset'])
  if (given[0]) return given[0].value
  throw new ArbError({
    code: 'ARB_USAGE',
    message: 'no history: where are the records?',
    hints: [
      'Give --history-file FILE or --history LOCATION, set ARBK8S_HISTORY_FILE, or write "history_file:" into arbk8s.yaml.',
    ],
  })
}

/** The setting `stores`: settings of history stores by scheme, e.g. `{jsonl: {chain: true}}`. */
export type StoreSettings = Record<string, unknown> | undefined

/** The store of a location, a path or `scheme://…`, with its settings; nothing is read or made yet. */
export async function openHistory(
  config: Config,
  location: string,
  signal: AbortSignal,
  stores?: StoreSettings,
): Promise<HistoryStore> {
  const settings = await withSecrets(settingsFor(location, stores), `stores.${storeScheme(location)}`)
  return maskedStore(await openStore(config, location, pluginContext({ signal, settings })))
}

/**
 * The store of the delivery ledger beside a history. A file's ledger takes no settings: what rotates away and is removed
 * there would be sent again.
 */
export function openLedger(
  config: Config,
  location: string,
  signal: AbortSignal,
  stores?: StoreSettings,
): Promise<HistoryStore> {
  return openHistory(config, location, signal, storeScheme(location) === 'jsonl' ? undefined : stores)
}

/** The entry of `stores` for a location's scheme. Throws where it is no mapping. */
export function settingsFor(location: string, stores: StoreSettings): Record<string, unknown> {
  const scheme = storeScheme(location)
  const settings = stores?.[scheme] ?? {}
  if (isRecord(settings)) return settings
  throw new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `"stores.${scheme}" must be a mapping of the store's settings`,
    details: { key: `stores.${scheme}` },
  })
}

/** Which records are meant; settings files count here too. */
export const recordFilterFlags = {
  namespace: Flags.string({
    char: 'n',
    env: 'ARBK8S_NAMESPACE',
    description: 'only records of this namespace',
    helpValue: 'NS',
  }),
  selector: Flags.string({
    char: 'l',
    aliases: ['label-selector'],
    env: 'ARBK8S_SELECTOR',
    description: 'only records of this label selector',
    helpValue: 'SELECTOR',
  }),
  session: selectorFlags.session,
  since: Flags.custom<Date>({
    description: 'only records since then: a duration such as 24h or 30d, or a time such as 2025-11-16T10:00:00Z',
    helpValue: 'WHEN',
    parse: async (input) => parseSince(input, new Date()),
  })(),
}

/** No record is older. */
const earliest = Date.UTC(1900, 0)

/** The moment that `24h`, `30d` or a time names. */
export function parseSince(input: string, now: Date): Date {
  const text = input.trim()
  if (/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text)) {
    const time = new Date(text)
    if (!Number.isNaN(time.getTime())) return time
  }
  const days = /^(\d+(?:\.\d+)?)d$/.exec(text)
  const ms = days ? Number(days[1]) * 86_400_000 : durationOf(text)
  const since = new Date(now.getTime() - ms)
  // Also false where there is no such time at all.
  if (!(since.getTime() >= earliest)) throw badSince(text, 'is longer ago than any record')
  return since
}

function durationOf(text: string): number {
  try {
    return parseDuration(text)
  } catch (error) {
    throw badSince(text, 'is neither a duration nor a time', error)
  }
}

function badSince(text: string, what: string, cause?: unknown): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: `--since: "${text}" ${what}`,
    hints: ['Write a duration such as 24h or 30d, or a time such as 2025-11-16T10:00:00Z.'],
    cause,
  })
}

/** The filter of the flags as the history knows it. */
export function recordFilter(flags: {
  namespace?: string | undefined
  selector?: string | undefined
  session?: string | undefined
  since?: Date | undefined
}): { namespace?: string; selector?: string; since?: Date } {
  const selector = givenSelector(flags)
  return {
    ...(flags.namespace && { namespace: flags.namespace }),
    ...(selector && { selector }),
    ...(flags.since && { since: flags.since }),
  }
}
