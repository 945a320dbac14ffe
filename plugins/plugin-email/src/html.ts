/** The HTML part: one page without links, pictures, scripts or anything else that is fetched. */
import type { Alert, FailedJob, WireEvent } from '@arbk8s/plugin-kit'

import { escapeHtml } from './escape.js'
import { styleSheet, tones } from './style.js'
import { clean, line, shorten } from './text.js'

/** Mail programs cut a page off at about 100 KiB; this one ends before, whole. */
const maxBytes = 90_000
const maxJobs = 5
const maxEvents = 10
const maxLines = 20

/** The page; parts are shortened further where it would grow too big. */
export function htmlPart(alert: Alert): string {
  let page = ''
  for (const share of [1, 0.5, 0.25, 0.1]) {
    page = buildPage(alert, share)
    if (Buffer.byteLength(page) <= maxBytes) break
  }
  return page
}

/** A piece of a page, made of escaped text only. */
type Html = string
type Show = (text: unknown, max: number) => Html

function buildPage(alert: Alert, share: number): Html {
  const show: Show = (text, max) => escapeHtml(line(text, Math.ceil(max * share)))
  const { incident } = alert
  const sections = [
    header(alert, show),
    `<p>${show(incident.summary, 2000)}</p>`,
    facts(alert, show),
    jobs(incident.failed_jobs.slice(0, maxJobs), incident, { show, share }),
    events(incident.recent_events, show),
    lookFurther(incident.look_further, show),
    `<p class="foot">Sent by arbk8s. Alert ${show(alert.id, 200)}</p>`,
  ]
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">',
    `<title>${show(alert.title, 200)}</title>`,
    `<style>${styleSheet}</style></head><body><div class="page">`,
    ...sections.filter((section) => section !== ''),
    '</div></body></html>',
    '',
  ].join('\n')
}

function header(alert: Alert, show: Show): Html {
  const [word, tone] =
    alert.kind === 'drill'
      ? (['DRILL', tones.info] as const)
      : alert.kind === 'resolved'
        ? (['RESOLVED', tones.good] as const)
        : ([alert.severity, toneOf(alert)] as const)
  const badge = `<span class="badge" style="background:${tone.back};color:${tone.text}">${show(word, 20)}</span>`
  return `<p class="head" style="border-color:${tone.back}">${badge} <strong>${show(alert.title, 200)}</strong></p>`
}

function toneOf({ severity }: Alert): { back: string; text: string } {
  if (severity === 'CRITICAL') return tones.bad
  return severity === 'WARN' ? tones.warn : tones.info
}

function facts({ incident, expires_at }: Alert, show: Show): Html {
  const { previous_health: before, current_health: now, job_counts: counts } = incident
  const rows: [string, unknown][] = [
    ['Namespace', incident.namespace],
    ['Selector', incident.selector],
    ['Health', before ? `${before} → ${now}` : now],
    ['Jobs', `${counts.OK} OK, ${counts.WARN} WARN, ${counts.ERROR} ERROR`],
    ['Started', toSeconds(incident.started_at)],
    ['Detected', toSeconds(incident.detected_at)],
    ['Incident', incident.id],
    ...(expires_at
      ? [['Next word by', `${toSeconds(expires_at)}; silence after that means that nobody looks`] as [string, string]]
      : []),
  ]
  const cells = rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${show(value, 300)}</td></tr>`)
  return `<table class="facts">\n${cells.join('\n')}\n</table>`
}

/** A timestamp without its fraction of a second, which helps no reader. */
function toSeconds(timestamp: string): string {
  return timestamp.replace(/\.\d+Z$/, 'Z')
}

interface Limits {
  show: Show
  share: number
}

function jobs(failed: FailedJob[], incident: Alert['incident'], limits: Limits): Html {
  if (failed.length === 0) return ''
  const more = incident.more_failed_jobs + incident.failed_jobs.length - failed.length
  return [
    '<h2>Failed Jobs</h2>',
    '<table><tr><th scope="col">Job</th><th scope="col">Worker</th><th scope="col">Reason</th><th scope="col">Exit code</th></tr>',
    ...failed.map((job) => jobRows(job, limits)),
    '</table>',
    ...(more > 0 ? [`<p>${more} more ${more === 1 ? 'Job is' : 'Jobs are'} not OK.</p>`] : []),
  ].join('\n')
}

function jobRows({ job_name, worker_id, reasons, cause }: FailedJob, limits: Limits): Html {
  const { show } = limits
  const reason = [cause?.reason, ...reasons].filter((word) => word).join(', ')
  const exit = cause?.exit_code ?? (cause?.signal == null ? '–' : `signal ${cause.signal}`)
  const row =
    `<tr><td>${show(job_name, 253)}</td><td>${show(worker_id ?? '–', 100)}</td>` +
    `<td>${show(reason, 300)}</td><td>${show(exit, 20)}</td></tr>`
  const detail = [
    ...(cause?.message ? [`<p>${show(cause.message, 500)}</p>`] : []),
    ...(cause?.fix ? [`<p>To do: ${show(cause.fix, 300)}</p>`] : []),
    ...(cause?.last_lines.length ? [`<p>Last lines:</p><pre>${lastLines(cause.last_lines, limits)}</pre>`] : []),
  ].join('')
  return detail === '' ? row : `${row}\n<tr><td colspan="4" class="detail">${detail}</td></tr>`
}

function lastLines(lines: string[], { share }: Limits): Html {
  const kept = lines.slice(-Math.ceil(maxLines * share))
  return kept.map((text) => escapeHtml(shorten(clean(text).replaceAll('\n', ' '), Math.ceil(300 * share)))).join('\n')
}

function events(all: WireEvent[], show: Show): Html {
  const kept = all.slice(0, maxEvents)
  if (kept.length === 0) return ''
  const rows = kept.map(
    ({ reason, involved_kind, involved_name, message, count }) =>
      `<tr><td>${show(reason, 100)}</td><td>${show(`${involved_kind}/${involved_name}`, 300)}</td>` +
      `<td>${show(message, 300)}</td><td>${show(count, 10)}</td></tr>`,
  )
  const left = all.length - kept.length
  return [
    '<h2>Recent events</h2>',
    '<table class="events"><tr><th scope="col">Reason</th><th scope="col">Object</th><th scope="col">Message</th><th scope="col">Times</th></tr>',
    ...rows,
    '</table>',
    ...(left > 0 ? [`<p>${left} more ${left === 1 ? 'event is' : 'events are'} left out.</p>`] : []),
  ].join('\n')
}

function lookFurther(command: string, show: Show): Html {
  return command === '' ? '' : `<h2>Look further</h2>\n<pre>${show(command, 1000)}</pre>`
}
