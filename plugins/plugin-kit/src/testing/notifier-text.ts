/** Checks of what a notifier does with text: hard, hostile and far too long. */
import { ok, strictEqual } from 'node:assert/strict'

import type { Alert, Preview } from '../index.js'
import { injections } from './injections.js'
import { bench, deliveryOf, previewOf, type Check } from './notifier-bench.js'
import type { TestNotifierOptions } from './notifier.js'
import { hardText, sampleAlert, sampleEvent, sampleFailedJob } from './samples.js'

const standardMaxBody = 1_048_576
const jsonType = /\bjson\b/i
/** What acts on a terminal or turns the direction of writing; CR before LF is a line's end in mail. */
const controls =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\r(?!\n)/

export const textChecks: Record<string, Check> = {
  'takes hard text in every field': async (options) => {
    const opened = await bench(options)
    const alert = alertOfText(hardText)
    checkBody(options, await previewOf(opened, alert))
    strictEqual((await deliveryOf(opened, alert)).delivered, true)
    for (const text of opened.printed) ok(!controls.test(text), 'no control character is printed')
  },
  'lets no text of the cluster become markup, a mention, a link, a header or a command': async (options) => {
    const opened = await bench(options)
    const harmless = await previewOf(opened, alertOfText('harmless'))
    for (const text of injections) {
      const preview = await previewOf(opened, alertOfText(text))
      checkBody(options, preview)
      for (const pattern of options.active ?? [])
        ok(
          matches(preview.body, pattern) <= matches(harmless.body, pattern),
          `${String(pattern)} is active in the message for ${JSON.stringify(text)}`,
        )
    }
    const all = alertOfText(injections.join('\n'))
    strictEqual((await deliveryOf(opened, all)).delivered, true)
    for (const text of opened.printed) ok(!controls.test(text), 'no control character is printed')
  },
  'bounds a message, however big its alert is': async (options) => {
    const opened = await bench(options)
    for (const alert of bigAlerts()) {
      checkBody(options, await previewOf(opened, alert))
      strictEqual((await deliveryOf(opened, alert)).delivered, true)
    }
    const max = options.maxBody ?? standardMaxBody
    for (const { body = '' } of opened.requests) ok(body.length <= max, `a sent body has at most ${max} characters`)
  },
}

function checkBody(options: TestNotifierOptions, { body, contentType }: Preview): void {
  const max = options.maxBody ?? standardMaxBody
  ok(body.length <= max, `a body has at most ${max} characters, this one has ${body.length}`)
  if (!jsonType.test(contentType)) ok(!controls.test(body), 'no control character is in the body')
  // Several requests are shown as one document a line.
  else for (const document of documents(body)) ok(isJson(document), 'the body is JSON')
}

function documents(body: string): string[] {
  return isJson(body) ? [body] : body.split('\n')
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function matches(body: string, pattern: RegExp): number {
  return [...body.matchAll(new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`))].length
}

/** An alert with the text in every field that a cluster, a Job or a config can fill. */
export function alertOfText(text: string): Alert {
  const event = sampleEvent({
    ...{ type: text, reason: text, message: text, involved_kind: text, involved_name: text, involved_namespace: text },
  })
  const cause = { class: text, reason: text, message: text, fix: text, pod: text, container: text }
  const job = sampleFailedJob({
    ...{ job_name: text, worker_id: text, reasons: [text, text] },
    cause: { ...cause, exit_code: 1, signal: null, last_lines: [text, text] },
  })
  const alert = sampleAlert('opened', {
    ...{ namespace: text, selector: text, summary: text, look_further: text },
    ...{ recent_events: [event, event], failed_jobs: [job, job], labels: { [text]: text } },
  })
  return withText(alert, text, `${text}\n${text}`)
}

function bigAlerts(): Alert[] {
  const jobs = Array.from({ length: 200 }, (_none, index) => {
    const job = sampleFailedJob({ job_name: `worker-${index}` })
    return { ...job, cause: { ...job.cause!, last_lines: Array<string>(10).fill('🚨 & <line> '.repeat(25)) } }
  })
  const lines = jobs.flatMap(({ job_name, cause }) => [job_name, ...cause.last_lines])
  const many = sampleAlert('opened', { failed_jobs: jobs, more_failed_jobs: 1800, recent_events: events(200) })
  const long = '& <b> 🚨 "x" \\ 名 '.repeat(70_000)
  return [
    withText(many, many.title, lines.join('\n')),
    withText(sampleAlert('opened', { summary: long }), long, long),
    alertOfText('🚨'.repeat(20_000)),
  ]
}

function events(count: number): Alert['incident']['recent_events'] {
  return Array.from({ length: count }, () => sampleEvent({ message: hardText.repeat(20) }))
}

function withText(alert: Alert, title: string, text: string): Alert {
  return { ...alert, title, text, payload: { ...alert.payload, title, text } }
}
