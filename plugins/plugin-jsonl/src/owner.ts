/** Who holds a lock, so that others can tell a holder that lives from one that was killed. */
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** `elsewhere`: another machine or container, whose processes cannot be seen from here. */
export type OwnerState = 'alive' | 'dead' | 'elsewhere'

let ownMachine: string | undefined

/** A name for one taking of a lock by this process, never the same again: `PID.START.MACHINE.RANDOM`. */
export function newOwner(): string {
  const start = processAt(process.pid)?.start ?? '0'
  return [process.pid, start, machine(), randomBytes(6).toString('hex')].join('.')
}

/** Whether the process behind an owner's name still runs. */
export function stateOf(owner: string): OwnerState {
  const [pid = '', start, where] = owner.split('.')
  if (where !== machine() || !/^\d+$/.test(pid)) return 'elsewhere'
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    // EPERM: it is there and belongs to another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'dead'
  }
  const seen = processAt(Number(pid))
  // A killed process that its parent has not yet taken note of is dead; so is one whose number another one has now.
  if (seen && (seen.ended || (start !== '0' && seen.start !== start))) return 'dead'
  return 'alive'
}

/** Start time in clock ticks, and whether it is a zombie; undefined where that cannot be seen. */
function processAt(pid: number): { start: string; ended: boolean } | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields && { start: fields[19] ?? '0', ended: fields[0] === 'Z' || fields[0] === 'X' }
}

/** The same for all who can see each other's processes: this boot of this machine, this container. */
function machine(): string {
  ownMachine ??= createHash('sha256')
    .update(attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1')) ?? '')
    .update(attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '')
    .update(hostname())
    .digest('hex')
    .slice(0, 12)
  return ownMachine
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
