/** Log lines of a session, each behind the worker that wrote it. */
import type { LogLine } from '../../cluster/session-logs.js'
import type { Paint, Palette } from './colour.js'

export interface LogTextOptions {
  palette: Palette
  timestamps: boolean
}

/** A log line on the wire. */
export interface WireLogLine {
  job_name: string
  worker_id: string | null
  pod: string
  container: string
  timestamp: string | null
  text: string
}

/** What `jobs logs --json` prints. */
export interface LogsView {
  namespace: string
  selector: string
  lines: WireLogLine[]
  /** Logs that could not be read, or not whole. */
  errors: string[]
}

/** The line as JSON. */
export function wireLogLine({ job, worker, pod, container, time, text }: LogLine): WireLogLine {
  return { job_name: job, worker_id: worker, pod, container, timestamp: time, text }
}

/**
 * Gives each container its own colour and prefix, `worker-1/ftxsp │ `. The prefix always comes first, so that no log
 * line can pass for a command of a CI runner.
 */
export class LogPainter {
  private readonly prefixes = new Map<string, string>()
  private readonly containers = new Map<string, string>()
  private width = 0

  constructor(private readonly options: LogTextOptions) {}

  /** The line as it is shown. */
  line({ time, text, ...source }: LogLine): string {
    const { palette, timestamps } = this.options
    const stamp = timestamps && time !== null ? `${palette.dim(time)} ` : ''
    return `${this.prefix(source)}${stamp}${text}`
  }

  private prefix(source: Omit<LogLine, 'time' | 'text'>): string {
    const key = `${source.pod}/${source.container}`
    const known = this.prefixes.get(key)
    if (known !== undefined) return known
    const label = this.labelOf(source)
    this.width = Math.max(this.width, label.length)
    const prefix = this.paintOf(this.prefixes.size)(`${label.padEnd(this.width)} │ `)
    this.prefixes.set(key, prefix)
    return prefix
  }

  /** The worker and the random part of the pod's name; the container where the pod has shown more than one. */
  private labelOf({ worker, job, pod, container }: Omit<LogLine, 'time' | 'text'>): string {
    const label = `${worker ?? job}/${pod.split('-').at(-1)}`
    const first = this.containers.get(pod) ?? container
    this.containers.set(pod, first)
    return first === container ? label : `${label}/${container}`
  }

  private paintOf(index: number): Paint {
    const { cyan, green, yellow, magenta, blue } = this.options.palette
    return [cyan, green, yellow, magenta, blue][index % 5]!
  }
}
