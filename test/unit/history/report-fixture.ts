import type { Health, HistoryRecord } from '../../../plugins/plugin-kit/src/index.js'
import { sampleEvent, sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'

const letters: Record<string, Health> = { O: 'OK', W: 'WARN', E: 'ERROR' }

/** `OOWE` as records, a minute apart, with Jobs and events as a cluster would have them. */
export function records(text: string, fields: Partial<HistoryRecord> = {}): HistoryRecord[] {
  return [...text].map((letter, minute) => {
    const health = letters[letter]!
    const failed = health === 'ERROR'
    return sampleRecord(minute, {
      overall_health: health,
      jobs_ok: failed ? 1 : 2,
      jobs_error: failed ? 1 : 0,
      jobs: [1, 2].map((worker) => ({
        job_name: `arb-tuning-demo--worker-${worker}-${worker - 1}`,
        phase: failed && worker === 2 ? 'FAILED' : 'SUCCEEDED',
        health: failed && worker === 2 ? ('ERROR' as const) : ('OK' as const),
        reasons: failed && worker === 2 ? ['job_failed'] : [],
        duration_seconds: 30 * worker,
        worker_id: `worker-${worker}`,
        retries: 0,
        uid: `uid-${worker}`,
      })),
      events: health === 'OK' ? [] : [sampleEvent()],
      ...fields,
    })
  })
}

const evil = '<script>alert(1)</script><b>"\' " onload="x'

/** Every text of a record as markup. */
export const hardHtml: Partial<HistoryRecord> = {
  namespace: evil,
  selector: evil,
  errors: [evil],
  events: [sampleEvent({ reason: evil, message: evil, involved_name: evil })],
  jobs: [
    {
      job_name: evil,
      phase: evil,
      health: 'ERROR',
      reasons: [evil],
      duration_seconds: 5,
      worker_id: evil,
      retries: 3,
      uid: 'u',
    },
    {
      job_name: evil,
      phase: 'SUCCEEDED',
      health: 'OK',
      reasons: [evil],
      duration_seconds: 5,
      worker_id: evil,
      retries: 0,
      uid: 'v',
    },
  ],
}
