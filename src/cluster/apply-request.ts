/** Server-side apply of one Job: the request and the check of its answer. */
import { cleanDeep } from '../base/text.js'
import { fieldManager, type Job } from '../session/job.js'
import type { Subject } from './cluster-error.js'
import { oddAnswer } from './network-errors.js'
import { resourcePath } from './paths.js'
import type { Transport } from './transport.js'
import type { Applied, ApplyOptions } from './types.js'

/** One apply request; `fixed` is added last, so that nothing overrides it. */
export async function applyRequest(
  transport: Transport,
  job: Job,
  { signal, force, fixed }: ApplyOptions & { fixed: { dryRun?: 'All' } },
): Promise<Applied> {
  const { namespace = '', name } = job.metadata
  const subject: Subject = { verb: 'patch', group: 'batch', resource: 'jobs', namespace, name }
  const { status, body } = await transport.json({
    method: 'PATCH',
    path: resourcePath('jobs', namespace, name),
    // Servers before 1.25 do not know fieldValidation and pass it over.
    query: { fieldManager, fieldValidation: 'Strict', force: force ? true : undefined, ...fixed },
    contentType: 'application/apply-patch+yaml',
    body: job,
    kind: 'Job',
    subject,
    signal,
  })
  const stored = cleanDeep(body) as unknown as Job
  const problem = mismatch(job, stored)
  if (problem) throw oddAnswer(new URL(transport.target.server), problem, status)
  return { job: stored, created: status === 201 }
}

/** An answer counts only when it is about the object that was sent. */
function mismatch(sent: Job, stored: Job): string | undefined {
  const { name, namespace, uid } = stored.metadata ?? {}
  if (stored.apiVersion !== 'batch/v1') return `apiVersion "${String(stored.apiVersion).slice(0, 60)}"`
  if (name !== sent.metadata.name || namespace !== sent.metadata.namespace)
    return 'another object than the one that was sent'
  return uid ? undefined : 'an object without a uid'
}
