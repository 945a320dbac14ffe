/**
 * Charts as inline SVG of shapes alone, stretched to the page's width; words stand beside them as HTML, so that they
 * stay readable on a narrow screen. Height tells health as well as colour does.
 */
import type { Health } from '@arbk8s/plugin-kit'

import type { WorkerSpread } from '../durations.js'
import { type Column, downsample, runs, type TimeAxis } from './buckets.js'
import type { Series } from './collect.js'
import { html, type Html } from './html.js'
import { shortTime } from './time.js'

// A lane: a strip for what most records said, and above it how bad and how often.
const laneHeight = 40
const stripHeight = 10
const reach = { warn: 14, error: 30 }
/** A share is drawn at least so large, so that one bad record among thousands is seen. */
const minShare = 0.15

/** Health over time: one lane a series. */
export function healthChart(series: Series[], axis: TimeAxis): Html {
  return html`<div class="chart">${series.map((one) => healthLane(one, axis))} ${timeScale(axis)}</div>`
}

function healthLane({ namespace, selector, points }: Series, axis: TimeAxis): Html {
  const bars = runs(downsample(points, axis).map(laneShape)).map(({ value, from, to }) => laneBars(value, from, to))
  const count = (health: Health): number => points.filter((point) => point.health === health).length
  const label =
    `Health of ${namespace} ${selector} from ${shortTime(axis.from)} to ${shortTime(axis.to)}: ` +
    `${count('OK')} records OK, ${count('WARN')} WARN, ${count('ERROR')} ERROR.`
  return html`<p class="lane-name">${namespace} <span class="dim">${selector}</span></p>
    <svg
      class="lane"
      viewBox="0 0 ${axis.columns} ${laneHeight}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${label}"
    >
      ${bars}
    </svg>`
}

/** A column's look as text, so that equal neighbours are drawn as one; empty for no record. */
function laneShape(column: Column | undefined): string {
  if (!column) return ''
  const { warnShare, errorShare } = column
  const strip = warnShare + errorShare <= 0.5 ? 'ok' : errorShare > 0 ? 'error' : 'warn'
  const height = (share: number, most: number): number => (share > 0 ? Math.round(Math.max(minShare, share) * most) : 0)
  return [strip, height(warnShare, reach.warn), height(errorShare, reach.error)].join(' ')
}

function laneBars(shape: string, from: number, to: number): Html[] {
  if (shape === '') return []
  const [strip, warn, error] = shape.split(' ') as [string, string, string]
  const bar = (name: string, height: number, bottom: number): Html | null =>
    height > 0
      ? html`<rect
          class="${name}"
          x="${from}"
          y="${laneHeight - bottom - height}"
          width="${to - from}"
          height="${height}"
        />`
      : null
  return [
    bar(strip, stripHeight, 0),
    bar('warn', Number(warn), stripHeight),
    bar('error', Number(error), stripHeight),
  ].filter((one) => one !== null)
}

/** Jobs by state over time, stacked; a series counts while it was being recorded. */
export function jobsChart(series: Series[], axis: TimeAxis): Html {
  const lanes = series.map((one) => downsample(one.points, axis))
  const columns = Array.from({ length: axis.columns }, (_none, column) => sumAt(lanes, column))
  const top = Math.max(1, Math.ceil(Math.max(...columns.map(({ ok, warn, error }) => ok + warn + error))))
  const label = `Jobs by state over time: ERROR at the bottom, WARN and OK above; at most ${top} at once.`
  const area = (name: string, edges: (counts: Counts) => [number, number]): Html =>
    stepArea(name, top, columns.map(edges))
  const layers = [
    area('error', ({ error }) => [0, error]),
    area('warn', ({ error, warn }) => [error, error + warn]),
    area('ok', ({ error, warn, ok }) => [error + warn, error + warn + ok]),
  ]
  return html`<div class="chart">
    <p class="scale-top">${top} ${top === 1 ? 'Job' : 'Jobs'}</p>
    <svg class="stack" viewBox="0 0 ${axis.columns} ${top}" preserveAspectRatio="none" role="img" aria-label="${label}">
      ${layers}
    </svg>
    ${timeScale(axis)}
  </div>`
}

type Counts = Pick<Column, 'ok' | 'warn' | 'error'>

function sumAt(lanes: (Column | undefined)[][], column: number): Counts {
  const sum = { ok: 0, warn: 0, error: 0 }
  for (const lane of lanes) {
    const point = lane[column]
    if (!point) continue
    sum.ok += point.ok
    sum.warn += point.warn
    sum.error += point.error
  }
  return sum
}

function stepArea(name: string, top: number, edges: [number, number][]): Html {
  const y = (height: number): string => String(Number((top - height).toFixed(2)))
  const steps = runs(edges.map((pair) => pair.map(y).join(' '))).map(({ value, from, to }) => {
    const [low, high] = value.split(' ')
    return low === high ? '' : `M${from} ${low}V${high}H${to}V${low}Z`
  })
  return html`<path class="${name}" d="${steps.join('')}" />`
}

function timeScale({ from, to }: TimeAxis): Html {
  return html`<p class="scale">
    <span>${shortTime(from)}</span><span>${shortTime((from + to) / 2)}</span><span>${shortTime(to)}</span>
  </p>`
}

/** One worker's durations against the longest of all: whole range, middle half, median. */
export function spreadBar(spread: WorkerSpread, longest: number): Html {
  const x = (seconds: number): string => ((seconds / (longest || 1)) * 100).toFixed(2)
  const width = (from: number, to: number): string => Math.max(0.3, ((to - from) / (longest || 1)) * 100).toFixed(2)
  return html`<svg class="spread" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" x="0" y="5.5" width="100" height="1" />
    <rect class="range" x="${x(spread.min)}" y="5" width="${width(spread.min, spread.max)}" height="2" />
    <rect class="box" x="${x(spread.q1)}" y="2" width="${width(spread.q1, spread.q3)}" height="8" />
    <rect class="median" x="${x(spread.median)}" y="0" width="0.6" height="12" />
  </svg>`
}
