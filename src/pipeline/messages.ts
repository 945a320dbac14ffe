/** The words in which steps tell their results. */
import type { SendResult } from '../alerts/send.js'
import type { ApplyResult } from '../apply/types.js'
import { ArbError } from '../base/errors.js'

/** Every value once. */
export function unique(values: (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))]
}

/** The only value, or undefined for none; several are a usage error, since only the user knows which one is meant. */
export function one(what: string, flag: string, values: string[]): string | undefined {
  if (values.length <= 1) return values[0]
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `the manifests are of more than one ${what}: ${values.slice(0, 5).join(', ')}`,
    hints: [`Say with ${flag} which Jobs to look at.`],
  })
}

/** `2 create, 1 unchanged`, and why the plan is a local one. */
export function planCounts({ plan }: ApplyResult): string {
  const actions = plan.jobs.map(({ action }) => action)
  const counts = [...new Set(actions)].map(
    (action) => `${actions.filter((other) => other === action).length} ${action}`,
  )
  return `${counts.join(', ')}${plan.reason ? ` (${plan.reason})` : ''}`
}

/** `2 created, 1 unchanged`. */
export function outcomeCounts({ jobs }: ApplyResult): string {
  const outcomes = jobs.flatMap(({ outcome }) => outcome ?? [])
  return (
    [...new Set(outcomes)]
      .map((outcome) => `${outcomes.filter((other) => other === outcome).length} ${outcome}`)
      .join(', ') || 'none'
  )
}

/** The incident and what each channel did about it. */
export function alertMessage({ incident, outcomes, notes }: SendResult): string {
  const lines = outcomes.map(
    ({ channel, status, kind, reason }) =>
      `${channel}: ${status}${kind ? ` (${kind})` : ''}${reason ? `, ${reason}` : ''}`,
  )
  const about = incident ? `incident ${incident.id} ${incident.severity}` : 'no incident'
  return [about, ...notes, ...lines].join('; ')
}
