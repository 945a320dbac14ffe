import { expect } from 'chai'

import type { Pod } from '../../../src/cluster/types.js'
import { phaseOf } from '../../../src/health/phase.js'
import type { Phase } from '../../../src/health/types.js'
import type { Job } from '../../../src/session/job.js'
import { condition, ended, job, pod, waiting } from './objects.js'

const cases: [string, Job, Pod[], Phase][] = [
  ['a fresh Job', { ...job(), status: {} }, [], 'PENDING'],
  ['a Job without a status', { ...job(), status: undefined as never }, [], 'PENDING'],
  ['its pod waits', job({ status: { active: 1 } }), [waiting('ContainerCreating')], 'PENDING'],
  ['its pod runs', job({ status: { active: 1 } }), [pod({ phase: 'Running' })], 'RUNNING'],
  [
    'its init container runs',
    job({ status: { active: 1 } }),
    [pod({ phase: 'Pending', initContainerStatuses: [{ name: 'fetch', state: { running: {} } }] })],
    'RUNNING',
  ],
  ['active, its pods not known', job({ status: { active: 1 } }), [], 'RUNNING'],
  ['between two tries', job({ spec: { backoffLimit: 2 }, status: { failed: 1 } }), [ended(3)], 'RUNNING'],
  [
    'a failed pod is a retry and no failure',
    job({ status: { active: 1, failed: 1 } }),
    [ended(3), pod({ phase: 'Running' }, { name: 'b' })],
    'RUNNING',
  ],
  [
    'one success of five',
    job({ spec: { completions: 5 }, status: { active: 1, succeeded: 1 } }),
    [pod({ phase: 'Running' })],
    'RUNNING',
  ],
  ['all successes before the condition', job({ spec: { completions: 2 }, status: { succeeded: 2 } }), [], 'SUCCEEDED'],
  ['Complete', job({ status: { succeeded: 1, conditions: [condition('Complete')] } }), [], 'SUCCEEDED'],
  [
    'Complete after failures',
    job({ status: { succeeded: 1, failed: 2, conditions: [condition('Complete')] } }),
    [ended(3)],
    'SUCCEEDED',
  ],
  [
    'SuccessCriteriaMet',
    job({ status: { active: 1, conditions: [condition('SuccessCriteriaMet')] } }),
    [],
    'SUCCEEDED',
  ],
  ['Failed', job({ status: { failed: 1, conditions: [condition('Failed')] } }), [], 'FAILED'],
  [
    'Failed after some successes',
    job({ spec: { completions: 5 }, status: { succeeded: 4, conditions: [condition('Failed')] } }),
    [],
    'FAILED',
  ],
  [
    'FailureTarget while pods stop',
    job({ status: { active: 1, conditions: [condition('FailureTarget')] } }),
    [pod({ phase: 'Running' })],
    'FAILED',
  ],
  [
    'a Failed condition that is not True',
    job({ status: { active: 1, conditions: [condition('Failed', '', '', 'False')] } }),
    [pod({ phase: 'Running' })],
    'RUNNING',
  ],
  [
    'Failed and Complete at once',
    job({ status: { conditions: [condition('Failed'), condition('Complete')] } }),
    [],
    'UNKNOWN',
  ],
  ['suspended', job({ spec: { suspend: true } }), [], 'PENDING'],
  ['all pods on a lost node', job({ status: { active: 1 } }), [pod({ phase: 'Unknown' })], 'UNKNOWN'],
  ['counts that are none', job({ status: { active: 'x' as never } }), [], 'UNKNOWN'],
]

describe('phaseOf', () => {
  for (const [name, subject, pods, phase] of cases) {
    it(`${name}: ${phase}`, () => expect(phaseOf(subject, pods).phase).to.equal(phase))
  }
})
