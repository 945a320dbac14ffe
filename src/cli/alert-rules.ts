/** Flags and settings of the alert stage → its rules, and the channels that they need. */
import { Flags } from '@oclif/core'

import type { Channel } from '../alerts/channel.js'
import type { AlertRules } from '../alerts/send.js'
import { defaultLifecycle, type Route, type Silence } from '../base/alert-rules.js'
import { formatDuration } from '../base/duration.js'
import { placeOfSetting } from '../config/setting-place.js'
import { notifierName } from '../plugins/load.js'
import type { ValueSource } from './base-command.js'
import { durationFlag, longestSpan } from './flags.js'

/** When an incident begins and ends, and how often it is told. */
export const lifecycleFlags = {
  'repeat-interval': durationFlag('repeat-interval', {
    env: 'ARBK8S_REPEAT_INTERVAL',
    description: 'after how long an open incident is sent again',
    default: '4h',
    longest: longestSpan,
  }),
  'open-after': Flags.integer({
    env: 'ARBK8S_OPEN_AFTER',
    min: 1,
    default: defaultLifecycle.openAfter,
    description: 'records in a row that are not OK before an incident is open',
  }),
  'close-after': Flags.integer({
    env: 'ARBK8S_CLOSE_AFTER',
    min: 1,
    default: defaultLifecycle.closeAfter,
    description: 'OK records in a row before an incident is over',
  }),
  'flap-changes': Flags.integer({
    env: 'ARBK8S_FLAP_CHANGES',
    min: 0,
    default: defaultLifecycle.flapChanges,
    description: 'so many openings and endings within --flap-window are told once, as flapping; 0 never',
  }),
  'flap-window': durationFlag('flap-window', {
    env: 'ARBK8S_FLAP_WINDOW',
    description: 'the window in which --flap-changes are counted',
    default: formatDuration(defaultLifecycle.flapWindowMs),
    longest: longestSpan,
  }),
}

/** The parsed values of `lifecycleFlags`. */
export interface LifecycleFlagValues {
  'repeat-interval'?: number | undefined
  'open-after': number
  'close-after': number
  'flap-changes': number
  'flap-window'?: number | undefined
}

/** What the settings files say. */
export interface AlertSettings {
  routes: Route[] | undefined
  silences: Silence[] | undefined
  /** The `channels:` setting. */
  named: Record<string, unknown> | undefined
  /** Where `routes` stand. */
  routesFile?: string | undefined
}

/** Which channels a command needs, each once, and what is told of each beside its plugin. */
export interface PlannedChannel {
  name: string
  id: string
  fallback?: string
  standby: boolean
  /** The settings file that asks for it first, where none of flags and variables does. */
  file?: string
}

/** Who is told of what. Channels that a flag or a variable names go before the routes of the settings. */
export function alertRules(
  flags: LifecycleFlagValues,
  { routes, silences }: AlertSettings,
  source: ValueSource | undefined,
): AlertRules {
  return {
    repeatIntervalMs: flags['repeat-interval']!,
    lifecycle: {
      openAfter: flags['open-after'],
      closeAfter: flags['close-after'],
      flapChanges: flags['flap-changes'],
      flapWindowMs: flags['flap-window']!,
    },
    routes: isGiven(source) ? undefined : routes,
    silences,
  }
}

function isGiven(source: ValueSource | undefined): boolean {
  return source?.from === 'flag' || source?.from === 'variable'
}

function fileOfSource(source: ValueSource | undefined): string | undefined {
  return source && 'file' in source ? source.file : undefined
}

/**
 * The planned channels, and those of the settings that `told` names: they are owed the end of an incident, whatever the
 * routes say by now. Where a flag or a variable names the channels, it is kept to: runs with one channel each do not do
 * one another's work.
 */
export async function plannedWithTold(
  asked: string[] | undefined,
  settings: AlertSettings,
  source: ValueSource | undefined,
  told: () => Promise<string[]>,
): Promise<PlannedChannel[]> {
  const planned = plannedChannels(asked, settings, source)
  const others = Object.keys(settings.named ?? {}).some((name) => !planned.some(({ id }) => id === notifierName(name)))
  return isGiven(source) || !others ? planned : plannedChannels(asked, settings, source, await told())
}

/** The channels that are asked for, those that routes name, those of `told` in the settings, and the fallbacks of all. */
export function plannedChannels(
  asked: string[] | undefined,
  { routes, named = {}, routesFile }: AlertSettings,
  source: ValueSource | undefined,
  told: string[] = [],
): PlannedChannel[] {
  const owed = told.filter((id) => Object.hasOwn(named, nameInSettings(id, named)))
  const routed = isGiven(source) ? [] : (routes ?? []).flatMap(({ channels }) => channels)
  const first = asked?.length ? asked : routed.length > 0 ? [] : ['console']
  const planned = new Map<string, PlannedChannel>()
  const add = (given: string, standby: boolean, file: string | undefined): void => {
    const name = nameInSettings(given, named)
    const id = notifierName(name)
    if (planned.has(id)) return
    const settings = named[name] as { fallback?: unknown } | null | undefined
    const fallback = settings?.fallback
    planned.set(id, {
      name,
      id,
      standby,
      ...(file === undefined ? {} : { file }),
      ...(typeof fallback === 'string' ? { fallback: nameInSettings(fallback, named) } : {}),
    })
    if (typeof fallback === 'string') add(fallback, true, placeOfSetting(settings!)?.file)
  }
  const listFile = fileOfSource(source)
  for (const name of first) add(name, false, routed.includes(name) ? routesFile : listFile)
  for (const name of routed) add(name, true, routesFile)
  for (const name of owed) add(name, true, undefined)
  // One that is asked for and was met first as another's fallback.
  for (const name of first) planned.get(notifierName(nameInSettings(name, named)))!.standby = false
  return [...planned.values()]
}

/** What `openChannels` is told of where a name comes from. */
export function fileOfPlanned(planned: PlannedChannel[]): (name: string) => string | undefined {
  return (asked) => planned.find(({ name }) => name === asked)?.file
}

/** A channel may be configured under either of its plugin's names. */
function nameInSettings(given: string, named: Record<string, unknown>): string {
  if (Object.hasOwn(named, given)) return given
  return Object.keys(named).find((name) => notifierName(name) === notifierName(given)) ?? given
}

/** The opened channels with what was planned for each. */
export function withPlan(channels: Channel[], planned: PlannedChannel[]): Channel[] {
  return channels.map((channel) => ({ ...channel, ...planned.find(({ name }) => name === channel.name) }))
}
