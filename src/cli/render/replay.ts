/** What a replay shows, for people and on the wire. */
import type { ReplayEntry, ReplayResult } from '../../alerts/replay.js'
import { count } from '../../base/text.js'
import type { Damage } from '../../history/read.js'
import { renderTable } from './table.js'

/** What `alerts send --replay --json` prints. */
export interface AlertsReplayView {
  mode: 'replay'
  since: string
  /** Records within that time. */
  records: number
  /** Each alert that would have gone out, oldest first; `kind` is null where a silence keeps it back. */
  alerts: ReplayEntry[]
  /** Silences without `from`, which say nothing about the past. */
  silences_left_out: number
  damaged: Damage
}

export function replayView({ records, entries, leftOut, damage }: ReplayResult, since: Date): AlertsReplayView {
  return {
    mode: 'replay',
    since: since.toISOString(),
    records,
    alerts: entries,
    silences_left_out: leftOut,
    damaged: damage,
  }
}

/** One line an alert, and how many there are for each channel. */
export function replayText({ records, entries, leftOut }: ReplayResult, since: Date): string {
  const rows = entries.map(({ at, channel, kind, severity, incident, reason, summary }) => [
    at,
    channel,
    kind ?? 'silenced',
    severity,
    incident,
    kind ? summary : reason,
  ])
  const headers = ['time', 'channel', 'alert', 'severity', 'incident', 'summary']
  const table =
    rows.length > 0
      ? [
          ...renderTable(
            headers.map((header) => ({ header })),
            rows,
          ),
          '',
        ]
      : []
  const sent = entries.filter(({ kind }) => kind)
  const channels = [...new Set(sent.map(({ channel }) => channel))].map(
    (channel) => `${channel} ${sent.filter((entry) => entry.channel === channel).length}`,
  )
  const sum = `${count(records, 'record')} since ${since.toISOString()}: ${count(sent.length, 'alert')} would have been sent`
  const notes = leftOut > 0 ? [`${count(leftOut, 'silence')} without "from" left out.`] : []
  return [
    ...table,
    `${sum}${channels.length > 0 ? ` (${channels.join(', ')})` : ''}.`,
    ...notes,
    'Replay: nothing was sent, nothing was written.',
  ].join('\n')
}
