/** A stream of events read in the background. */
import { sleep } from '../base/wait.js'

/** Reads events in the background, so that the updates keep their time however slow the stream is. */
export class EventPump {
  over = false
  dirty = false
  error: unknown
  private wake: (() => void) | undefined

  constructor(private readonly events: AsyncIterable<{ type: string; object: unknown }>) {}

  async run(apply: (event: { type: string; object: unknown }) => boolean): Promise<void> {
    try {
      for await (const event of this.events) {
        if (apply(event)) this.dirty = true
        if (this.dirty) this.wake?.()
      }
    } catch (error) {
      this.error = error
    }
    this.over = true
    this.wake?.()
  }

  /** Resolves at the next change, at the stream's end, or after `ms`. */
  async next(ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.dirty || this.over) return
    const woken = new AbortController()
    this.wake = () => woken.abort()
    try {
      await sleep(Math.max(0, ms), signal ? AbortSignal.any([signal, woken.signal]) : woken.signal)
    } catch (error) {
      if (!woken.signal.aborted) throw error
    } finally {
      this.wake = undefined
    }
  }

  takeDirty(): boolean {
    const { dirty } = this
    this.dirty = false
    return dirty
  }
}
