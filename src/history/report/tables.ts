/** The report's tables: incidents, durations, slow and retried Jobs. */
import type { Health } from '@arbk8s/plugin-kit'

import { formatDuration } from '../../base/duration.js'
import { shorten } from '../../base/text.js'
import { type JobRun, type WorkerSpread, workerSpreads } from '../durations.js'
import { spreadBar } from './charts.js'
import type { Episode } from './collect.js'
import { html, type Html } from './html.js'
import { shortTime } from './time.js'

/** Rows that a table shows at once, and those that it keeps folded in. */
const openRows = 20
const foldedRows = 980
const maxWorkers = 40
const topJobs = 10

/** A health in words and colour. */
export function badge(health: Health): Html {
  return html`<span class="badge ${health.toLowerCase()}">${health}</span>`
}

/** A table that scrolls within itself on a narrow screen, by keyboard too. */
function table(caption: string, heads: Html[], rows: Html[]): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}

const head = (text: string, kind = ''): Html => html`<th scope="col" class="${kind}">${text}</th>`

/** Incidents, newest first; the older ones folded in. */
export function incidentsSection(episodes: Episode[]): Html {
  if (episodes.length === 0) return html`<p>No incident in this period.</p>`
  const heads = [
    head('Started'),
    head('Ended'),
    head('Lasted', 'number'),
    head('Worst'),
    head('Records', 'number'),
    head('What was seen'),
    head('Where'),
  ]
  const part = (from: number, to: number): Html[] => episodes.slice(from, to).map(incidentRow)
  const newest = table(
    `The newest ${Math.min(openRows, episodes.length)} of ${episodes.length} incidents`,
    heads,
    part(0, openRows),
  )
  if (episodes.length <= openRows) return newest
  const rest = episodes.length - openRows
  const left = rest - foldedRows
  const older = table(`Older incidents`, heads, part(openRows, openRows + foldedRows))
  const note =
    left > 0
      ? html`<p>${left} still older incidents are in the charts and the figures, but not in this table.</p>`
      : null
  return html`${newest}
    <details>
      <summary>${rest} older incidents</summary>
      ${older}${note}
    </details>`
}

function incidentRow({ from, to, lastSeen, worst, records, causes, namespace, selector }: Episode): Html {
  const lasted = formatDuration((to ?? lastSeen) - from)
  return html`<tr>
    <td class="time">${shortTime(from)}</td>
    <td class="time">${to === null ? 'open' : shortTime(to)}</td>
    <td class="number">${to === null ? `${lasted} so far` : lasted}</td>
    <td>${badge(worst)}</td>
    <td class="number">${records}</td>
    <td class="wide">${shorten(causes.join(', '), 200) || '–'}</td>
    <td class="wide">${namespace} ${shorten(selector, 120)}</td>
  </tr>`
}

/** Durations of succeeded Jobs per worker, with their spread as a picture. */
export function durationsSection(runs: JobRun[]): Html {
  const spreads = workerSpreads(runs)
  if (spreads.length === 0) return html`<p>No record of this period has a Job that succeeded, with its duration.</p>`
  const longest = Math.max(...spreads.map((spread) => spread.max))
  const heads = [
    head('Worker'),
    head('Jobs', 'number'),
    head('Shortest', 'number'),
    head('Median', 'number'),
    head('Longest', 'number'),
    head('Spread'),
  ]
  const shown = spreads.slice(0, maxWorkers)
  const rows = shown.map((spread) => workerRow(spread, longest))
  const caption = `Durations of succeeded Jobs, slowest median first; pictures run from 0 to ${duration(longest)}`
  const left = spreads.length - shown.length
  return html`${table(caption, heads, rows)}${left > 0 ? html`<p>${left} faster workers are not shown.</p>` : null}
    <p class="dim">The thin line is the whole range, the box the middle half, the upright mark the median.</p>`
}

function workerRow(spread: WorkerSpread, longest: number): Html {
  const { worker, count, min, median, max } = spread
  return html`<tr>
    <th scope="row">${shorten(worker, 60)}</th>
    <td class="number">${count}</td>
    <td class="number">${duration(min)}</td>
    <td class="number">${duration(median)}</td>
    <td class="number">${duration(max)}</td>
    <td class="picture">${spreadBar(spread, longest)}</td>
  </tr>`
}

/** The slowest Jobs and the most retried ones. */
export function jobsSection(runs: JobRun[]): Html {
  const started = runs.filter((run) => run.seconds !== null)
  const slowest = started.sort((a, b) => b.seconds! - a.seconds!).slice(0, topJobs)
  const retried = runs
    .filter((run) => run.retries > 0)
    .sort((a, b) => b.retries - a.retries)
    .slice(0, topJobs)
  const heads = [head('Job'), head('Worker'), head('Phase'), head('Duration', 'number'), head('Retries', 'number')]
  const part = (caption: string, jobs: JobRun[], none: string): Html =>
    jobs.length > 0 ? table(caption, heads, jobs.map(jobRow)) : html`<p>${none}</p>`
  return html`${part('Slowest Jobs', slowest, 'No record of this period has a Job that started.')}
  ${part('Most retried Jobs', retried, 'No Job was retried.')}`
}

function jobRow({ jobName, workerId, phase, seconds, retries }: JobRun): Html {
  return html`<tr>
    <th scope="row">${shorten(jobName, 80)}</th>
    <td>${workerId ?? '–'}</td>
    <td>${phase}</td>
    <td class="number">${seconds === null ? '–' : duration(seconds)}</td>
    <td class="number">${retries}</td>
  </tr>`
}

function duration(seconds: number): string {
  return formatDuration(seconds * 1000)
}
