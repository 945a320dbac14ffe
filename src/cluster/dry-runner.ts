/** A client that asks what an apply would do. dryRun=All is fixed here; no option can take it away. */
import { applyRequest } from './apply-request.js'
import type { Transport } from './transport.js'
import type { DryRunner } from './types.js'

/** A client whose every request carries dryRun=All. */
export function createDryRunner(transport: Transport): DryRunner {
  return { dryRunApply: (job, options) => applyRequest(transport, job, { ...options, fixed: { dryRun: 'All' } }) }
}
