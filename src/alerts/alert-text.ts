/** The text of an alert: what is wrong, where, since when, the evidence, and where to look further. */
import type { FailedJob, Incident, RecordedCause } from '@arbk8s/plugin-kit'

import { count, shorten } from '../base/text.js'

/** Of the lines that an incident has of a Job's log. */
const maxLines = 5
const maxLineLength = 200
const maxMessage = 200

/** The whole text, with `opening` before the summary. */
export function alertText(incident: Incident, opening: string): string {
  const further = incident.look_further === '' ? [] : ['', `Look further: ${incident.look_further}`]
  const parts = [facts(incident), jobLines(incident), eventLines(incident), further]
  return [opening + incident.summary, '', ...parts.flat()].join('\n')
}

function facts(incident: Incident): string[] {
  const { previous_health: before, current_health: now, job_counts: jobs } = incident
  return [
    `Namespace: ${incident.namespace}`,
    `Selector: ${incident.selector}`,
    `Health: ${before ? `${before} → ${now}` : now}`,
    `Jobs: ${jobs.OK} OK, ${jobs.WARN} WARN, ${jobs.ERROR} ERROR`,
    `Started: ${incident.started_at}`,
    `Incident: ${incident.id}`,
  ]
}

function jobLines({ failed_jobs: jobs, more_failed_jobs: more, current_health: health }: Incident): string[] {
  if (jobs.length === 0) return []
  const heading = health === 'ERROR' ? 'Failed Jobs:' : 'Jobs in trouble:'
  return ['', heading, ...jobs.flatMap(oneJob), ...(more > 0 ? [`and ${count(more, 'more Job')}`] : [])]
}

function oneJob({ job_name, worker_id, reasons, cause }: FailedJob): string[] {
  const name = `- ${job_name}${worker_id ? ` (${worker_id})` : ''}: ${cause ? why(cause) : reasons.join(', ')}`
  if (!cause) return [name]
  const lines = cause.last_lines.slice(-maxLines).map((line) => `  | ${shorten(line, maxLineLength)}`)
  return [name, ...(cause.fix ? [`  Fix: ${shorten(cause.fix, maxMessage)}`] : []), ...lines]
}

/** Kubernetes' word, how it ended where the message does not say so, and the message. */
function why({ reason, exit_code, signal, message }: RecordedCause): string {
  const ends = [exit_code === null ? '' : `exit code ${exit_code}`, signal === null ? '' : `signal ${signal}`]
  const untold = ends.filter((end) => end !== '' && !message.includes(end))
  return `${[reason, ...untold].join(', ')}: ${shorten(message, maxMessage)}`
}

function eventLines({ recent_events }: Incident): string[] {
  if (recent_events.length === 0) return []
  const lines = recent_events.map((event) => {
    const times = event.count > 1 ? ` (${event.count} times)` : ''
    return `- ${event.reason} ${event.involved_kind}/${event.involved_name}: ${shorten(event.message, maxMessage)}${times}`
  })
  return ['', 'Recent events:', ...lines]
}
