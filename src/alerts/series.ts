/**
 * The records of one namespace and selector, one after the other → whether an incident is open, since when, and whether
 * the series flaps. Knows only the records, so the same history gives the same answer, live and in a replay.
 */
import type { HistoryRecord, Incident } from '@arbk8s/plugin-kit'

import type { LifecycleRules } from '../base/alert-rules.js'
import { incidentOf } from './incident.js'

/** How a series stands at its newest record. */
export interface Situation {
  newest: HistoryRecord
  /** The open incident. */
  incident: Incident | undefined
  /** The incident that a flapping series is told by: the open one, or the one that ended last. */
  subject: Incident | undefined
  flapping: boolean
  /** Openings and endings within the flap window. */
  changes: number
}

/** What a series is worked out with. */
export interface SeriesOptions extends LifecycleRules {
  eventsLimit: number
  /** Records of an incident that are kept whole; of older ones only the start and the healths are needed. */
  historyLimit: number
}

/** Takes records oldest first. */
export class Series {
  /** Undefined until records tell: what is read may begin in the middle of an incident. */
  private open: boolean | undefined
  /** The bad run, with the good records within it while it is open. */
  private run: HistoryRecord[] = []
  /** The record before the run. */
  private before: HistoryRecord | undefined
  private good = 0
  /** Times of openings and endings, ms; no older than two flap windows. */
  private changes: number[] = []
  private ended: HistoryRecord[] = []
  private newest: HistoryRecord | undefined

  /** `fromStart`: the first record is the history's first, before which all was well. */
  constructor(
    private readonly options: SeriesOptions,
    fromStart: boolean,
  ) {
    this.open = fromStart ? false : undefined
  }

  push(record: HistoryRecord): void {
    this.newest = record
    if (record.overall_health === 'OK') this.pushGood(record)
    else this.pushBad(record)
    this.forgetOldChanges(record)
  }

  private pushBad(record: HistoryRecord): void {
    this.good = 0
    this.run.push(record)
    if (this.run.length > 2 * this.options.historyLimit + 4) this.run = trimmed(this.run, this.options.historyLimit)
    if (!this.open && this.run.length >= this.options.openAfter) this.change(true, record)
  }

  private pushGood(record: HistoryRecord): void {
    this.good++
    if (this.open && this.good < this.options.closeAfter) {
      this.run.push(record)
      return
    }
    if (this.open) {
      this.ended = this.incidentRecords()
      this.change(false, record)
    } else if (this.good >= this.options.closeAfter) this.open = false
    this.run = []
    this.before = record
  }

  private change(open: boolean, { timestamp }: HistoryRecord): void {
    if (this.open !== undefined) this.changes.push(Date.parse(timestamp))
    this.open = open
  }

  private forgetOldChanges({ timestamp }: HistoryRecord): void {
    const oldest = Date.parse(timestamp) - 2 * this.options.flapWindowMs
    if (this.changes.length > 0 && this.changes[0]! <= oldest)
      this.changes = this.changes.filter((time) => time > oldest)
  }

  /** The record before the run, then the run up to its last bad record. */
  private incidentRecords(): HistoryRecord[] {
    const last = this.run.findLastIndex((record) => record.overall_health !== 'OK')
    return [...(this.before ? [this.before] : []), ...this.run.slice(0, last + 1)]
  }

  /** How things stand; undefined before the first record. */
  situation(): Situation | undefined {
    if (!this.newest) return undefined
    const flapping = this.flapping(Date.parse(this.newest.timestamp))
    const incident = this.open ? this.incidentFrom(this.incidentRecords(), flapping) : undefined
    const subject = flapping ? (incident ?? this.incidentFrom(this.ended, true)) : undefined
    return {
      newest: this.newest,
      incident,
      subject,
      flapping: flapping && subject !== undefined,
      changes: this.changesUpTo(Date.parse(this.newest.timestamp)),
    }
  }

  private incidentFrom(records: HistoryRecord[], flapping: boolean): Incident | undefined {
    if (records.length === 0) return undefined
    const start = records[0]!.overall_health === 'OK' ? 1 : 0
    const incident = incidentOf(records, { eventsLimit: this.options.eventsLimit, start })
    return incident && { ...incident, flapping, detected_at: this.newest!.timestamp }
  }

  /** Calm only after a whole window in which the changes never were too many: it does not flap between flapping and calm. */
  private flapping(now: number): boolean {
    const { flapChanges, flapWindowMs } = this.options
    if (flapChanges <= 0) return false
    return this.changes.some((time) => time > now - flapWindowMs && this.changesUpTo(time) >= flapChanges)
  }

  private changesUpTo(time: number): number {
    const { flapWindowMs } = this.options
    return this.changes.filter((other) => other > time - flapWindowMs && other <= time).length
  }
}

/** The first record, the newest `keep`, and between them the last of each health, for what was before. */
function trimmed(run: HistoryRecord[], keep: number): HistoryRecord[] {
  const middle = run.slice(1, -keep)
  const marks = (['OK', 'WARN', 'ERROR'] as const)
    .map((health) => middle.findLastIndex((record) => record.overall_health === health))
    .filter((index) => index >= 0)
    .sort((a, b) => a - b)
  return [run[0]!, ...marks.map((index) => middle[index]!), ...run.slice(-keep)]
}
