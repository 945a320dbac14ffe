/** A terminal that shows one frame after another in place, and is as it was when that is over, however it ends. */

export interface ScreenSize {
  width: number
  height: number
}

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
/** The terminal shows a frame when it is complete, where it knows how to wait. */
const beginFrame = '\u001b[?2026h\u001b[H'
const endFrame = '\u001b[J\u001b[?2026l'

/** How often the frame is drawn anew, so that ages go on. */
const tickMs = 1000

export class LiveScreen {
  private frame: ((size: ScreenSize) => string[]) | undefined
  private timer: NodeJS.Timeout | undefined
  private readonly redraw = (): void => this.paint()
  private readonly restore = (): void => this.stop()

  constructor(private readonly stream: NodeJS.WriteStream) {}

  /** Takes the screen. A second signal ends the process at once; the screen is given back even then. */
  start(): void {
    this.stream.write(enter)
    this.stream.on('resize', this.redraw)
    process.on('exit', this.restore)
    this.timer = setInterval(this.redraw, tickMs)
  }

  /** Shows a frame, now and again whenever the size or the time changes. */
  show(frame: (size: ScreenSize) => string[]): void {
    this.frame = frame
    this.paint()
  }

  /** Gives the screen back. */
  stop(): void {
    if (this.timer === undefined) return
    clearInterval(this.timer)
    this.timer = undefined
    this.stream.off('resize', this.redraw)
    process.off('exit', this.restore)
    this.stream.write(leave)
  }

  private paint(): void {
    if (!this.frame) return
    // A terminal that does not know its size says 0.
    const [columns, rows] = [this.stream.columns || 80, this.stream.rows || 24]
    // Each line clears what the frame before left behind it; nothing is cleared first, so nothing flickers.
    const lines = this.frame({ width: columns, height: rows }).map((line) => `${line}\u001b[K`)
    this.stream.write(beginFrame + lines.join('\r\n') + endFrame)
  }
}
