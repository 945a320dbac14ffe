/** The labels that a record keeps for routes. */
import { cleanLine } from '../base/text.js'
import type { JobHealth } from '../health/types.js'

const maxLabels = 64
/** What Kubernetes itself puts on a Job tells nothing about the session. */
const ofTheCluster = /^(batch\.kubernetes\.io\/|job-name$|controller-uid$)/

/** The labels that all Jobs have with the same value; none without a Job. */
export function sharedLabels(jobs: readonly Pick<JobHealth, 'labels'>[]): Record<string, string> {
  const [first, ...others] = jobs
  const shared = Object.entries(first?.labels ?? {}).filter(
    ([key, value]) =>
      !ofTheCluster.test(key) && others.every(({ labels }) => Object.hasOwn(labels, key) && labels[key] === value),
  )
  return labelsOf(Object.fromEntries(shared))
}

/** The entries that are labels: text in one line under a clean key. */
export function labelsOf(value: Record<string, unknown>): Record<string, string> {
  const labels = Object.entries(value).flatMap(([key, label]) =>
    typeof label === 'string' && key !== '' && key === cleanLine(key) ? [[key, cleanLine(label)] as const] : [],
  )
  return Object.fromEntries(labels.slice(0, maxLabels))
}
