/** The only client that changes a cluster. Nothing but apply/ imports it; a test over the imports keeps that. */
import { applyRequest } from './apply-request.js'
import type { Transport } from './transport.js'
import type { Writer } from './types.js'

/** A client that may apply Jobs. */
export function createWriter(transport: Transport): Writer {
  return { applyJob: (job, options) => applyRequest(transport, job, { ...options, fixed: {} }) }
}
