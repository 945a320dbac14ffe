/** What the settings say about alerts, as plain data: who is told of what, what is silent until when, what counts. */
import type { Requirement } from './selector.js'

/** Which incidents a route or a silence is about; what is not given fits all. */
export interface AlertMatch {
  severity?: ('CRITICAL' | 'WARN')[]
  /** Names with `*` as a wildcard; one of them must fit. */
  namespace?: string[]
  /** What the incident's labels must meet. */
  labels?: Requirement[]
  time?: TimeWindow
}

/** Hours of a week in one time zone. */
export interface TimeWindow {
  /** 0 is Sunday; all days without it. A window over midnight belongs to the day that it begins on. */
  days?: number[]
  /** Minutes after midnight by the clock on the wall; `to` is the first that is outside. */
  from: number
  to: number
  /** IANA name, e.g. `Europe/Berlin`. */
  zone: string
}

/** Incidents that fit go to the channels. */
export interface Route {
  match: AlertMatch
  channels: string[]
  /** True lets the routes behind it match too. */
  continue: boolean
}

/** Incidents that fit are not sent until the end. */
export interface Silence {
  match: AlertMatch
  /** ms since 1970; without it the silence is in force at once. */
  from?: number
  /** ms since 1970. */
  until: number
  reason: string
  /** The settings file and line. */
  where: string
}

/** When an incident begins, ends and is said to flap. */
export interface LifecycleRules {
  /** Bad records in a row that open an incident. */
  openAfter: number
  /** Good records in a row that close it. */
  closeAfter: number
  /** Changes of state within the window that make a series flap; 0 never does. */
  flapChanges: number
  flapWindowMs: number
}

/** One bad record opens and one good one closes, as the original did; six changes within an hour are flapping. */
export const defaultLifecycle: LifecycleRules = {
  openAfter: 1,
  closeAfter: 1,
  flapChanges: 6,
  flapWindowMs: 3_600_000,
}
