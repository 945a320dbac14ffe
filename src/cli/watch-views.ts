/** The forms in which `jobs watch` shows its updates: live on a terminal, as lines, as JSON, or not at all. */
import { LiveScreen } from './live-screen.js'
import { writeOut } from './output.js'
import { ciSafe } from './render/ci-safe.js'
import type { Palette } from './render/colour.js'
import { frameLines, watchResult } from './render/watch.js'
import { ChangeLines } from './render/watch-lines.js'
import type { WatchUpdate } from './watch-session.js'

export interface View {
  /** Log lines per container that it shows. */
  maxLogLines: number
  show(update: WatchUpdate): Promise<void>
  close(): void
}

export interface ViewOptions {
  json: boolean
  untilDone: boolean
  intervalMs: number
  screen: { palette: Palette }
}

/** The view for what stdout is and what was asked for. */
export function viewFor({ json, untilDone, intervalMs, screen }: ViewOptions): View {
  if (json) return untilDone ? silentView : jsonView()
  const { stdout } = process
  const live = stdout.isTTY && process.env.TERM !== 'dumb'
  return live ? liveView(stdout, intervalMs, screen.palette) : linesView(screen.palette)
}

const silentView: View = { maxLogLines: 0, show: async () => undefined, close: () => undefined }

const firstBeatMs = 5_000
const longestBeatMs = 60_000

/**
 * Signs of life, ever rarer. They keep a CI job from being taken for dead, and a reader that has gone away is only
 * noticed by writing.
 */
class Heartbeat {
  private beatMs = firstBeatMs
  private last = performance.now()

  /** True when a sign of life is due. */
  isDue(): boolean {
    if (performance.now() - this.last < this.beatMs) return false
    this.beatMs = Math.min(longestBeatMs, this.beatMs * 2)
    this.last = performance.now()
    return true
  }

  /** Something was written. */
  reset(): void {
    this.beatMs = firstBeatMs
    this.last = performance.now()
  }
}

/** One object a line, when something other than the time has changed. */
function jsonView(): View {
  const heart = new Heartbeat()
  let told = ''
  return {
    ...silentView,
    show: async (update) => {
      const result = watchResult(update)
      const jobs = result.jobs_health.map((job) => ({ ...job, duration_seconds: null }))
      const state = JSON.stringify([result.overall_health, result.errors, jobs])
      if (state !== told) heart.reset()
      else if (!heart.isDue()) return
      told = state
      await writeOut(JSON.stringify(result))
    },
  }
}

function linesView(palette: Palette): View {
  const changes = new ChangeLines(palette)
  const heart = new Heartbeat()
  let problem: string | null = null
  return {
    ...silentView,
    show: async (update) => {
      const lines = changes.next(update.health)
      if (update.problem !== null && update.problem !== problem) lines.push(`not read just now: ${update.problem}`)
      problem = update.problem
      if (lines.length > 0) heart.reset()
      else if (heart.isDue()) lines.push(changes.still(update.health))
      await writeOut(ciSafe(lines.join('\n'), process.env))
    },
  }
}

function liveView(stream: NodeJS.WriteStream, intervalMs: number, palette: Palette): View {
  const screen = new LiveScreen(stream)
  screen.start()
  return {
    maxLogLines: 1,
    show: async (update) =>
      screen.show((size) =>
        frameLines(update, { ...size, palette, intervalMs, now: new Date().toISOString(), problem: update.problem }),
      ),
    close: () => screen.stop(),
  }
}
