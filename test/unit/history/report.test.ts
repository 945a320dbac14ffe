import { expect } from 'chai'

import { hardHtml, records } from './report-fixture.js'
import { sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import type { HistoryRecord } from '../../../plugins/plugin-kit/src/index.js'
import { spreadOf, workerSpreads } from '../../../src/history/durations.js'
import { downsample, timeAxis } from '../../../src/history/report/buckets.js'
import { collectReport, meanTimeToRecover } from '../../../src/history/report/collect.js'
import { escapeHtml, html } from '../../../src/history/report/html.js'
import { historyReport } from '../../../src/history/report/index.js'
import { memoryStore } from '../alerts/memory-store.js'

const report = async (list: HistoryRecord[]) =>
  historyReport(memoryStore(list), { source: 'history.jsonl', now: new Date(Date.UTC(2025, 10, 17)) })

describe('history: the report', () => {
  it('is one page that loads nothing and runs nothing', async () => {
    const page = await report(records('OOWEEO'))
    expect(page.html).to.match(/^<!doctype html>\n<html lang="en">/)
    expect(page.html).to.include(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(page.html).to.not.match(/<script|<link|<img|https?:|url\(|@import|\son\w+=/i)
    expect(page).to.include({ records: 6, incidents: 1 })
  })

  it('escapes every text of the history', async () => {
    const page = await report(records('OE', hardHtml))
    expect(page.html).to.not.match(/<(script|b)>|" onload/i)
    expect(page.html).to.include('&lt;script&gt;').and.include('&quot; onload=&quot;')
  })

  it('has the figures: shares, incidents with start, end and cause, durations', async () => {
    const { html: page } = await report(records('OOWEEO'))
    expect(page).to.match(/<dt>WARN<\/dt>\s*<dd>1 <span class="dim">\(16\.7 %\)/)
    expect(page).to.match(/<dt>Mean time to recover<\/dt>\s*<dd>3m</)
    expect(page).to.match(/2025-11-16 10:02:00<\/td\s*>\s*<td class="time">2025-11-16 10:05:00/)
    expect(page).to.include('BackoffLimitExceeded, job_failed')
    expect(page).to.include('Durations of succeeded Jobs')
  })

  it('stays small for 100,000 records and shows an incident of a single one', async () => {
    const many = Array.from({ length: 100_000 }, (_none, i) =>
      sampleRecord(i, i === 50_123 ? { overall_health: 'ERROR', jobs_ok: 1, jobs_error: 1 } : {}),
    )
    const page = await report(many)
    expect(page.html.length).to.be.lessThan(1024 * 1024)
    expect(page.incidents).to.equal(1)
    expect(page.html)
      .to.match(/<rect\s+class="error" x="\d+"/)
      .and.include('&lt; 0.1 %')
      .and.include('&gt; 99.9 %')
  })

  it('is refused where there is nothing to report on', async () => {
    const error = await report([]).catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'ARB_HISTORY_UNREADABLE' })
  })
})

describe('history: figures of the report', () => {
  it('finds incidents per selector, the open one without an end', async () => {
    const data = await collectReport([...records('OEO'), ...records('WW', { selector: 'session_id=b' })].reverse())
    expect(data.episodes.map(({ selector, worst, records: n, to }) => [selector, worst, n, to !== null])).to.deep.equal(
      [
        ['session_id=demo', 'ERROR', 1, true],
        ['session_id=b', 'WARN', 2, false],
      ],
    )
    expect(meanTimeToRecover(data.episodes)).to.equal(60_000)
    expect(meanTimeToRecover([])).to.equal(undefined)
  })

  it('shows a gap in the records as a gap, and nothing invented', async () => {
    const list = [0, 1, 2, 3, 100, 101].map((minute) => sampleRecord(minute))
    const { series, from, to } = await collectReport(list)
    const columns = downsample(series[0]!.points, { ...timeAxis(from, to, 6), columns: 10 })
    expect(columns.map((column) => column?.ok ?? null)).to.deep.equal([2, ...Array<null>(8).fill(null), 2])
  })

  it('spreads durations of succeeded Jobs per worker, slowest first', () => {
    const run = (workerId: string, seconds: number | null, phase = 'SUCCEEDED') => ({
      jobName: 'j',
      workerId,
      phase,
      seconds,
      retries: 0,
    })
    const spreads = workerSpreads([
      run('a', 1),
      run('b', 10),
      run('b', 20),
      run('b', 40),
      run('a', 99, 'FAILED'),
      run('a', null),
    ])
    expect(spreads).to.deep.equal([
      { worker: 'b', count: 3, min: 10, q1: 15, median: 20, q3: 30, max: 40 },
      { worker: 'a', count: 1, min: 1, q1: 1, median: 1, q3: 1, max: 1 },
    ])
    expect(spreadOf([4, 2])).to.include({ q1: 2.5, median: 3 })
  })

  it('escapes what is put into a template, but not templates', () => {
    expect(html`<p title="${'"'}">${['<', html`<b>${1}</b>`, null]}</p>`.text).to.equal(
      '<p title="&quot;">&lt;<b>1</b></p>',
    )
    expect(escapeHtml(`<&>"'`)).to.equal('&lt;&amp;&gt;&quot;&#39;')
  })
})
