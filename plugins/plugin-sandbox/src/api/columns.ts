/** The columns of every kind's table. */
import type { KindName } from '../schema/types.js'
import { hasCondition } from '../store/objects.js'
import type { Container, Job, KubeObject, Pod } from '../store/objects.js'
import { podReady, podRestarts, podWord } from './pod-words.js'

export interface Column {
  name: string
  /** Shown with `-o wide` only. */
  wide?: boolean
  format?: string
  type?: 'string' | 'integer'
  cell(object: KubeObject, now: Date): string | number
}

const name: Column = { name: 'Name', format: 'name', cell: (object) => object.metadata.name }
const age: Column = { name: 'Age', cell: (object, now) => since(object.metadata.creationTimestamp, now) }

/** The columns of a kind. */
export function columnsOf(kind: KindName): Column[] {
  return columns[kind] ?? [name, age]
}

const columns: Partial<Record<KindName, Column[]>> = {
  Job: [
    name,
    { name: 'Status', cell: (object) => jobStatus(object as unknown as Job) },
    { name: 'Completions', cell: (object) => jobCompletions(object as unknown as Job) },
    { name: 'Duration', cell: (object, now) => jobDuration(object as unknown as Job, now) },
    age,
    { name: 'Containers', wide: true, cell: (object) => containersOf(object, (container) => container.name) },
    { name: 'Images', wide: true, cell: (object) => containersOf(object, (container) => container.image ?? '') },
    { name: 'Selector', wide: true, cell: (object) => jobSelector(object as unknown as Job) },
  ],
  Pod: [
    name,
    { name: 'Ready', cell: (object) => podReady(object as unknown as Pod) },
    { name: 'Status', cell: (object) => podWord(object as unknown as Pod) },
    { name: 'Restarts', cell: (object) => String(podRestarts(object as unknown as Pod)) },
    age,
    { name: 'IP', wide: true, cell: (object) => (object as unknown as Pod).status.podIP ?? '<none>' },
    { name: 'Node', wide: true, cell: (object) => (object as unknown as Pod).spec.nodeName ?? '<none>' },
    { name: 'Nominated Node', wide: true, cell: () => '<none>' },
    { name: 'Readiness Gates', wide: true, cell: () => '<none>' },
  ],
  Namespace: [name, { name: 'Status', cell: (object) => String(object.status?.phase ?? '') }, age],
  Event: [
    { name: 'Last Seen', cell: (object, now) => since(lastSeen(object), now) },
    { name: 'Type', cell: (object) => String(object.type ?? '') },
    { name: 'Reason', cell: (object) => String(object.reason ?? '') },
    {
      name: 'Object',
      cell: (object) => `${involved(object).kind?.toLowerCase() ?? ''}/${involved(object).name ?? ''}`,
    },
    { name: 'Subobject', wide: true, cell: (object) => involved(object).fieldPath ?? '' },
    { name: 'Source', wide: true, cell: sourceOf },
    { name: 'Message', cell: (object) => String((object.message as string | undefined)?.trim() ?? '') },
    {
      name: 'First Seen',
      wide: true,
      cell: (object, now) => since(String(object.firstTimestamp ?? object.eventTime ?? ''), now),
    },
    { name: 'Count', wide: true, cell: (object) => String((object.count as number | undefined) ?? 1) },
    { ...name, wide: true },
  ],
  Secret: [name, { name: 'Type', cell: (object) => String(object.type ?? '') }, dataCount(), age],
  ConfigMap: [name, dataCount(), age],
}

function dataCount(): Column {
  return { name: 'Data', cell: (object) => String(Object.keys((object.data as object | undefined) ?? {}).length) }
}

function jobStatus(job: Job): string {
  if (hasCondition(job.status, 'Complete')) return 'Complete'
  if (hasCondition(job.status, 'Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp) return 'Terminating'
  if (hasCondition(job.status, 'Suspended')) return 'Suspended'
  if (hasCondition(job.status, 'FailureTarget')) return 'FailureTarget'
  if (hasCondition(job.status, 'SuccessCriteriaMet')) return 'SuccessCriteriaMet'
  return 'Running'
}

function jobCompletions(job: Job): string {
  const succeeded = job.status.succeeded ?? 0
  if (job.spec.completions !== undefined) return `${succeeded}/${job.spec.completions}`
  const parallelism = job.spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration(job: Job, now: Date): string {
  const { startTime, completionTime } = job.status
  if (!startTime) return ''
  return humanDuration((completionTime ? Date.parse(completionTime) : now.getTime()) - Date.parse(startTime))
}

function containersOf(object: KubeObject, text: (container: Container) => string): string {
  return (object as unknown as Job).spec.template.spec.containers.map(text).join(',')
}

function jobSelector(job: Job): string {
  const pairs = Object.entries(job.spec.selector?.matchLabels ?? {})
  return pairs.map(([key, value]) => `${key}=${value}`).join(',')
}

function involved(event: KubeObject): { kind?: string; name?: string; fieldPath?: string } {
  return (event.involvedObject as { kind?: string; name?: string; fieldPath?: string } | undefined) ?? {}
}

function sourceOf(event: KubeObject): string {
  const source = (event.source as { component?: string; host?: string } | undefined) ?? {}
  const component = source.component ?? String(event.reportingComponent ?? '')
  return source.host ? `${component}, ${source.host}` : component
}

function lastSeen(event: KubeObject): string {
  const series = event.series as { lastObservedTime?: string } | undefined
  return String(series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? '')
}

function since(time: string | undefined, now: Date): string {
  const at = Date.parse(time ?? '')
  return Number.isNaN(at) ? '<unknown>' : humanDuration(now.getTime() - at)
}

/** A duration as kubectl shortens it: `42s`, `3m12s`, `5h`, `2d3h`. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return minutes % 60 ? `${hours}h${minutes % 60}m` : `${hours}h`
  if (hours < 48) return `${hours}h`
  const days = Math.floor(hours / 24)
  return days < 8 && hours % 24 ? `${days}d${hours % 24}h` : `${days}d`
}
