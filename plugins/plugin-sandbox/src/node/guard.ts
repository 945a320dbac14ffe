/**
 * A second process that outlives the sandbox by a moment: it knows the process groups that run, and ends them when the
 * sandbox is gone without having done so, for example after SIGKILL. What it cannot end is a process that has left its
 * group (setsid), and, if both are killed at once, the groups themselves.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export class Guard {
  private readonly child: ChildProcess

  constructor() {
    const program = fileURLToPath(new URL('./guard-process.js', import.meta.url))
    this.child = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} })
    this.child.on('error', () => undefined)
    this.child.stdin!.on('error', () => undefined)
    this.child.unref()
    // The pipe must not keep the sandbox's own process alive.
    ;(this.child.stdin as unknown as { unref?: () => void }).unref?.()
  }

  started(pid: number): void {
    this.child.stdin!.write(`+${pid}\n`)
  }

  ended(pid: number): void {
    this.child.stdin!.write(`-${pid}\n`)
  }

  close(): void {
    this.child.stdin!.end()
  }
}
