/** The page: one file, no script, nothing loaded from anywhere. */
import type { Health } from '@arbk8s/plugin-kit'

import { formatDuration } from '../../base/duration.js'
import type { Damage } from '../read.js'
import { timeAxis } from './buckets.js'
import { healthChart, jobsChart } from './charts.js'
import { meanTimeToRecover, type ReportData, type Series } from './collect.js'
import type { Html } from './html.js'
import { html } from './html.js'
import { style } from './style.js'
import { badge, durationsSection, incidentsSection, jobsSection } from './tables.js'
import { shortTime } from './time.js'

export interface PageOptions {
  /** Where the history is, as it may be shown. */
  source: string
  generatedAt: Date
  damage: Damage
}

/** Lanes of the health chart; the series with the most records come first. */
const maxLanes = 12

/** The report as a whole HTML document. There must be at least one record. */
export function reportPage(data: ReportData, { source, generatedAt, damage }: PageOptions): string {
  const jobs = [...data.jobs.values()]
  const axis = timeAxis(data.from, data.to, data.total)
  const lanes = data.series.slice(0, maxLanes)
  const body = html`<a class="skip" href="#main">To the content</a>
    <header>
      <h1>Tuning sessions: health history</h1>
      <p class="dim">${source} · ${shortTime(data.from)} to ${shortTime(data.to)} (UTC)</p>
    </header>
    <main id="main">
      ${tiles(data)}
      <h2>Health over time</h2>
      ${legend} ${healthChart(lanes, axis)} ${leftOut(data.series, lanes)}
      <h2>Jobs by state</h2>
      ${jobsChart(data.series, axis)}
      <h2>Incidents</h2>
      ${incidentsSection(data.episodes)}
      <h2>Durations</h2>
      ${durationsSection(jobs)}
      <h2>Jobs to look at</h2>
      ${jobsSection(jobs)}
    </main>
    <footer>
      <p>Made by arbk8s at ${shortTime(generatedAt.getTime())} (UTC) from ${data.total} records.${damaged(damage)}</p>
    </footer>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Tuning sessions: health history</title>
<style>${style}</style>
</head>
<body>
${body.text}
</body>
</html>
`
}

function tiles({ counts, total, episodes, series }: ReportData): Html {
  const share = (health: Health): Html =>
    html`${counts[health]} <span class="dim">(${percent(counts[health], total)})</span>`
  const recover = meanTimeToRecover(episodes)
  const open = episodes.filter((episode) => episode.to === null).length
  const newest = series.map((one) => one.points.at(-1)!).sort((a, b) => b.time - a.time)[0]!
  const facts: [string, Html][] = [
    ['Newest record', badge(newest.health)],
    ['Records', html`${total}`],
    ['OK', share('OK')],
    ['WARN', share('WARN')],
    ['ERROR', share('ERROR')],
    ['Incidents', html`${episodes.length} <span class="dim">(${open} open)</span>`],
    ['Mean time to recover', html`${recover === undefined ? '–' : formatDuration(recover)}`],
  ]
  return html`<dl class="tiles">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`
}

function percent(part: number, whole: number): string {
  const share = (part / whole) * 100
  // Rounding must not hide the one bad record, nor claim a whole that is not.
  if (part > 0 && share < 0.1) return '< 0.1 %'
  if (part < whole && share > 99.9) return '> 99.9 %'
  return `${share.toFixed(1)} %`
}

const legend = html`<ul class="legend" aria-label="Colours and heights">
  ${(['ok', 'warn', 'error'] as const).map((name, index) => {
    const height = [3, 7, 12][index]!
    return html`<li>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <rect class="${name}" x="0" y="${12 - height}" width="12" height="${height}" /></svg
      >${name.toUpperCase()}
    </li>`
  })}
  <li class="dim">higher above the strip: more of the records; blank: no record</li>
</ul>`

function leftOut(series: Series[], lanes: Series[]): Html | null {
  const left = series.length - lanes.length
  return left > 0
    ? html`<p>${left} more selectors with fewer records have no lane; they count in everything below.</p>`
    : null
}

function damaged({ count }: Damage): string {
  return count > 0 ? ` ${count} damaged ${count === 1 ? 'entry was' : 'entries were'} skipped.` : ''
}
