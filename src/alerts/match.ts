/** Which incident goes to which channels now, and which one is silent. Pure. */
import type { Incident } from '@arbk8s/plugin-kit'

import type { AlertMatch, Route, Silence, TimeWindow } from '../base/alert-rules.js'
import { matchesSelector } from '../base/selector.js'

/** True where everything that the match names fits. */
export function matchesIncident(match: AlertMatch, incident: Incident, now: Date): boolean {
  const { severity, namespace, labels, time } = match
  return (
    (severity === undefined || severity.some((one) => one === incident.severity)) &&
    (namespace === undefined || namespace.some((pattern) => fits(pattern, incident.namespace))) &&
    (labels === undefined || matchesSelector(labels, incident.labels)) &&
    (time === undefined || inWindow(time, now))
  )
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}

/** The channels that the first fitting route names, and with `continue` those behind it; undefined where none fits. */
export function routeChannels(routes: readonly Route[], incident: Incident, now: Date): string[] | undefined {
  const names: string[] = []
  let matched = false
  for (const route of routes) {
    if (!matchesIncident(route.match, incident, now)) continue
    matched = true
    names.push(...route.channels)
    if (!route.continue) break
  }
  return matched ? [...new Set(names)] : undefined
}

/** The silence that an incident falls under now: of several the one that ends last. */
export function silenceOf(silences: readonly Silence[], incident: Incident, now: Date): Silence | undefined {
  return silences
    .filter(({ from = 0, until, match }) => {
      const inForce = from <= now.getTime() && now.getTime() < until
      return inForce && matchesIncident(match, incident, now)
    })
    .sort((a, b) => b.until - a.until)[0]
}

/** Longer than this, a silence has most likely been forgotten. */
const longSilenceMs = 30 * 24 * 3_600_000

/** What is to be said of silences: those that have ended, and those that last long. */
export function silenceNotes(silences: readonly Silence[], now: Date): string[] {
  return silences.flatMap(({ where, from, until, reason }) => {
    const end = new Date(until).toISOString()
    if (until <= now.getTime()) return [`${where}: this silence (${reason}) ended at ${end}; take it out.`]
    const long = until - (from ?? now.getTime()) > longSilenceMs
    return long ? [`${where}: this silence (${reason}) lasts until ${end}, more than 30 days; is that meant?`] : []
  })
}

const dayMinutes = 24 * 60
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Whether the clock on the wall of the zone stands within the window: an hour that summer time skips is skipped, and one
 * that it repeats counts twice.
 */
export function inWindow({ days, from, to, zone }: TimeWindow, now: Date): boolean {
  const { day, minute } = wallClock(zone, now)
  const onDay = (which: number): boolean => days === undefined || days.includes((which + 7) % 7)
  if (from < to) return onDay(day) && minute >= from && minute < to
  // Over midnight: the evening of this day, or the morning after the day before.
  return (onDay(day) && minute >= from) || (onDay(day - 1) && minute < to)
}

function wallClock(zone: string, now: Date): { day: number; minute: number } {
  let format = formats.get(zone)
  if (!format) {
    const form = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...form })
    formats.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  return {
    day: weekdays.indexOf(parts.weekday!),
    minute: (Number(parts.hour) * 60 + Number(parts.minute)) % dayMinutes,
  }
}
