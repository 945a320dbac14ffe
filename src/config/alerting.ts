/** The settings of the alert stage: who is told of what, what is silent, which channel stands in for which. */
import type { Route, Silence } from '../base/alert-rules.js'
import { isRecord } from '../base/json.js'
import { checkedMatch } from './alert-match.js'
import type { SettingKey } from './settings.js'
import { listAt, mapAt, pathText, type StructurePath, StructureProblem, textAt, textsAt } from './structure.js'

/** The alert stage's own keys of a settings file. */
export const alertSettingKeys: readonly SettingKey[] = [
  {
    key: 'repeat_interval',
    type: 'duration',
    flag: 'repeat-interval',
    description: 'after how long an open incident is sent again',
  },
  {
    key: 'open_after',
    type: 'integer',
    flag: 'open-after',
    description: 'records in a row that are not OK before an incident is open; default 1',
  },
  {
    key: 'close_after',
    type: 'integer',
    flag: 'close-after',
    description: 'OK records in a row before an incident is over; default 1',
  },
  {
    key: 'flap_changes',
    type: 'integer',
    flag: 'flap-changes',
    description:
      'openings and endings of incidents within `flap_window` that make a series flap: it is told once as flapping, and more only after a whole window with fewer; default 6, 0 never',
  },
  {
    key: 'flap_window',
    type: 'duration',
    flag: 'flap-window',
    description: 'the window in which `flap_changes` are counted; default 1h',
  },
  {
    key: 'routes',
    type: 'maps',
    description:
      'who is told of which incident: `match` (severity, namespace, labels, selector, time) and `channels`; the first that fits, and with `continue: true` those behind it; where none fits, `channel_type`. `--channel-type` goes before routes',
  },
  {
    key: 'silences',
    type: 'maps',
    description: 'incidents that are not sent: `match`, `until` and `reason`, all of them required, and `from`',
  },
]

/** A setting's value as it is used, from what stands in the file; throws StructureProblem. */
export type StructureCheck = (value: unknown, where: (path: StructurePath) => string) => unknown

/** The settings whose inside is checked when the file is read. */
export const structureChecks: Record<string, StructureCheck> = {
  routes: (value) => listAt(value, ['routes']).map((entry, index) => checkedRoute(entry, ['routes', index])),
  silences: (value, where) =>
    listAt(value, ['silences']).map((entry, index) => checkedSilence(entry, ['silences', index], where)),
  channels: checkedChannels,
  open_after: (value) => atLeast(value, 1, 'open_after'),
  close_after: (value) => atLeast(value, 1, 'close_after'),
  flap_changes: (value) => atLeast(value, 0, 'flap_changes'),
}

function checkedRoute(value: unknown, path: StructurePath): Route {
  const { match = {}, channels, continue: goOn = false } = mapAt(value, path, ['match', 'channels', 'continue'])
  if (channels === undefined) throw new StructureProblem(path, `"${pathText(path)}" names no channels`)
  if (typeof goOn !== 'boolean')
    throw new StructureProblem([...path, 'continue'], `"${pathText(path)}.continue" must be true or false`)
  return {
    match: checkedMatch(match, [...path, 'match']),
    channels: textsAt(channels, [...path, 'channels']),
    continue: goOn,
  }
}

function checkedSilence(value: unknown, path: StructurePath, where: (path: StructurePath) => string): Silence {
  const silence = mapAt(value, path, ['match', 'from', 'until', 'reason'])
  for (const key of ['match', 'until', 'reason']) {
    if (silence[key] !== undefined) continue
    const hints = key === 'match' ? ['"match: {}" silences every incident.'] : []
    throw new StructureProblem(path, `"${pathText(path)}" lacks "${key}"`, hints)
  }
  const from = silence.from === undefined ? undefined : momentOf(silence.from, [...path, 'from'])
  const until = momentOf(silence.until, [...path, 'until'])
  if (from !== undefined && from >= until)
    throw new StructureProblem([...path, 'until'], `"${pathText(path)}" ends before it begins`)
  return {
    match: checkedMatch(silence.match, [...path, 'match']),
    ...(from === undefined ? {} : { from }),
    until,
    reason: textAt(silence.reason, [...path, 'reason']),
    where: where(path),
  }
}

/** A moment with its zone, or the beginning of a day in UTC. */
function momentOf(value: unknown, path: StructurePath): number {
  const text = typeof value === 'string' ? value.trim() : ''
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/
  const moment = form.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(moment)) return moment
  throw new StructureProblem(path, `"${pathText(path)}" must be a time such as 2026-12-01T08:00:00Z or a day`, [
    'With a time of day write its zone too: Z or +01:00.',
  ])
}

function checkedChannels(value: unknown): unknown {
  if (!isRecord(value)) return value
  const next = new Map<string, string>()
  for (const [name, entry] of Object.entries(value)) {
    const path = ['channels', name]
    if (entry !== null && !isRecord(entry)) throw new StructureProblem(path, `"${pathText(path)}" must be a mapping`)
    if (entry && entry.fallback !== undefined) next.set(name, textAt(entry.fallback, [...path, 'fallback']))
  }
  for (const name of next.keys()) refuseCircle(name, next)
  return value
}

function refuseCircle(name: string, next: Map<string, string>): void {
  const way = [name]
  for (let at = next.get(name); at !== undefined; at = next.get(at)) {
    way.push(at)
    if (at === name)
      throw new StructureProblem(['channels', name, 'fallback'], `fallbacks go in a circle: ${way.join(' → ')}`)
    if (way.length > next.size + 1) return
  }
}

function atLeast(value: unknown, least: number, key: string): unknown {
  if (typeof value === 'number' && value < least) throw new StructureProblem([key], `"${key}" must be ${least} or more`)
  return value
}
