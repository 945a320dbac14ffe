import { expect } from 'chai'

import type { ClusterEvent, Pod } from '../../../src/cluster/types.js'
import { causeOf } from '../../../src/health/cause.js'
import type { Certainty, TroubleClass } from '../../../src/health/types.js'
import type { Job } from '../../../src/session/job.js'
import { ago, condition, ended, event, job, pod, waiting } from './objects.js'

interface Case {
  name: string
  job?: Job
  pods?: Pod[]
  events?: ClusterEvent[]
  /** class, certainty, reason */
  is: [TroubleClass, Certainty, string]
  fix?: RegExp
  message?: RegExp
}

const active = job({ status: { active: 1 } })
const failedBy = (reason: string, message: string, more: Job['status'] = {}): Job =>
  job({ status: { failed: 1, conditions: [condition('Failed', reason, message)], ...more } })
const refused = (message: string): Case['events'] => [event('Job', 'FailedCreate', `Error creating: ${message}`)]
const taken = (reason: string, message = 'x'): Pod => pod({ phase: 'Failed', reason, message })
const failed = failedBy('BackoffLimitExceeded', 'Job has reached the specified backoff limit')

const cases: Case[] = [
  {
    name: 'a registry that says no is nearly sure',
    pods: [waiting('ErrImagePull', 'failed to resolve reference "team/tuning:1": docker.io/team/tuning:1: not found')],
    is: ['image', 'likely', 'ErrImagePull'],
    fix: /^Push team\/tuning:1/,
  },
  {
    name: 'a newer kubelet says the cause in the back-off itself',
    pods: [waiting('ImagePullBackOff', 'Back-off pulling image "team/tuning:1": ErrImagePull: pull access denied')],
    is: ['image', 'likely', 'ImagePullBackOff'],
    message: /pull access denied/,
    fix: /imagePullSecret/,
  },
  {
    name: 'a signature',
    pods: [waiting('SignatureValidationFailed', 'no signature')],
    is: ['permanent', 'definite', 'SignatureValidationFailed'],
  },
  {
    name: 'a cache that is not in step passes',
    pods: [waiting('CreateContainerConfigError', 'failed to sync secret cache: timed out waiting for the condition')],
    is: ['transient', 'possible', 'CreateContainerConfigError'],
  },
  {
    name: 'a start that failed once may be the node',
    pods: [waiting('RunContainerError', 'context deadline exceeded')],
    is: ['crash', 'likely', 'RunContainerError'],
  },
  {
    name: 'a start that failed twice is not',
    pods: [waiting('RunContainerError', 'context deadline exceeded', { restartCount: 1 })],
    is: ['crash', 'definite', 'RunContainerError'],
  },
  {
    name: 'a crash loop of five restarts is sure',
    pods: [
      waiting('CrashLoopBackOff', 'back-off 5m0s', {
        restartCount: 5,
        lastState: { terminated: { exitCode: 2, reason: 'Error' } },
      }),
    ],
    is: ['crash', 'definite', 'CrashLoopBackOff'],
    message: /^exit code 2; started again 5 times$/,
  },
  {
    name: 'memory, again and again',
    pods: [
      waiting('CrashLoopBackOff', '', {
        restartCount: 2,
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
    ],
    is: ['memory', 'definite', 'OOMKilled'],
    fix: /above 1Gi/,
  },
  { name: 'memory once, and on it goes', pods: [ended(137, 'OOMKilled')], is: ['memory', 'possible', 'OOMKilled'] },
  {
    name: 'memory twice in two pods',
    pods: [ended(137, 'OOMKilled'), ended(137, 'OOMKilled', { name: 'one-fghij' })],
    is: ['memory', 'definite', 'OOMKilled'],
  },
  {
    name: 'a container that the node lost',
    job: failed,
    pods: [ended(137, 'ContainerStatusUnknown')],
    is: ['node', 'definite', 'ContainerStatusUnknown'],
  },
  {
    name: 'the last line of a termination message',
    job: failed,
    pods: [ended(1, 'Error', { message: 'Traceback\nValueError: spread below zero\n' })],
    is: ['crash', 'definite', 'Error'],
    message: /^exit code 1: ValueError: spread below zero$/,
  },
  {
    name: 'eviction',
    job: failed,
    pods: [taken('Evicted', 'The node was low on resource: memory.')],
    is: ['disruption', 'definite', 'Evicted'],
    fix: /requests/,
  },
  { name: 'a node shut down', job: failed, pods: [taken('NodeShutdown')], is: ['node', 'definite', 'NodeShutdown'] },
  { name: 'a node without room', job: failed, pods: [taken('OutOfmemory')], is: ['node', 'definite', 'OutOfmemory'] },
  {
    name: 'a pod’s own deadline',
    job: failed,
    pods: [taken('DeadlineExceeded')],
    is: ['deadline', 'definite', 'DeadlineExceeded'],
  },
  {
    name: 'a disruption condition over the exit code that it caused',
    job: failed,
    pods: [
      pod({
        phase: 'Failed',
        conditions: [
          condition('DisruptionTarget', 'PreemptionByScheduler', 'preempting to accommodate a higher priority pod'),
        ],
        containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 143, reason: 'Error' } } }],
      }),
    ],
    is: ['disruption', 'definite', 'PreemptionByScheduler'],
  },
  {
    name: 'a node that does not answer',
    job: active,
    pods: [pod({ phase: 'Unknown', reason: 'NodeLost' })],
    is: ['node', 'possible', 'NodeLost'],
  },
  {
    name: 'a scheduling gate',
    pods: [pod({ phase: 'Pending', conditions: [condition('PodScheduled', 'SchedulingGated', 'waits', 'False')] })],
    is: ['queue', 'possible', 'SchedulingGated'],
  },
  {
    name: 'a resource with a domain',
    pods: [
      pod({
        phase: 'Pending',
        conditions: [
          condition(
            'PodScheduled',
            'Unschedulable',
            '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.',
            'False',
          ),
        ],
      }),
    ],
    is: ['capacity', 'possible', 'Unschedulable'],
    fix: /free nvidia\.com\/gpu:/,
  },
  {
    name: 'taints',
    pods: [
      pod({
        phase: 'Pending',
        conditions: [condition('PodScheduled', 'Unschedulable', '1 node(s) had untolerated taint {a: b}', 'False')],
      }),
    ],
    is: ['capacity', 'possible', 'Unschedulable'],
    fix: /tolerations/,
  },
  {
    name: 'suspended by hand',
    job: job({ spec: { suspend: true } }),
    is: ['queue', 'possible', 'JobSuspended'],
    fix: /"suspend":false/,
  },
  {
    name: 'suspended by a queue',
    job: job({ spec: { suspend: true }, labels: { 'kueue.x-k8s.io/queue-name': 'night' } }),
    is: ['queue', 'possible', 'JobSuspended'],
    message: /queue night/,
    fix: /get workloads/,
  },
  {
    name: 'a quota that others use up may free itself',
    events: refused(
      'pods "one-x" is forbidden: exceeded quota: q, requested: cpu=500m, used: cpu=3800m, limited: cpu=4',
    ),
    is: ['quota', 'possible', 'FailedCreate'],
    fix: /Quota q is used up/,
  },
  {
    name: 'a limit range',
    events: refused('pods "one-x" is forbidden: maximum cpu usage per Container is 1, but limit is 2'),
    is: ['quota', 'definite', 'FailedCreate'],
  },
  {
    name: 'a service account that is missing',
    events: refused(
      'pods "one-" is forbidden: error looking up service account trading-bots/tuner: serviceaccount "tuner" not found',
    ),
    is: ['config', 'possible', 'FailedCreate'],
    fix: /^ServiceAccount trading-bots\/tuner does not exist: kubectl create serviceaccount tuner/,
  },
  {
    name: 'pod security',
    events: refused('pods "one-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true'),
    is: ['permanent', 'definite', 'FailedCreate'],
  },
  {
    name: 'an admission webhook, by its name',
    events: refused('admission webhook "policy.example.com" denied the request: no team label'),
    is: ['permanent', 'likely', 'FailedCreate'],
    fix: /policy\.example\.com refuses the pod: no team label/,
  },
  {
    name: 'a controller that cannot reach something',
    events: refused('etcdserver: request timed out'),
    is: ['transient', 'possible', 'FailedCreate'],
  },
  {
    name: 'a pod failure policy, after its pod is gone',
    job: failedBy(
      'PodFailurePolicy',
      'Container main for pod trading-bots/one-abcde failed with exit code 42 matching FailJob rule at index 0',
    ),
    is: ['crash', 'definite', 'PodFailurePolicy'],
  },
  {
    name: 'failed indexes',
    job: failedBy('FailedIndexes', 'Job has failed indexes', { failedIndexes: '1,3-5' }),
    is: ['crash', 'definite', 'FailedIndexes'],
    message: /failed indexes 1,3-5/,
  },
  {
    name: 'a deadline that came since the pod never started names what stood in the way',
    job: job({
      spec: { activeDeadlineSeconds: 60 },
      status: { conditions: [condition('Failed', 'DeadlineExceeded')] },
    }),
    events: [event('Pod', 'Failed', 'Error: secret "api-keys" not found')],
    is: ['deadline', 'definite', 'DeadlineExceeded'],
    message: /60; before that: secret "api-keys" not found$/,
    fix: /^Secret trading-bots\/api-keys does not exist/,
  },
  {
    name: 'a program’s own error over an eviction before it',
    job: failed,
    pods: [taken('Evicted'), ended(9, 'Error', { name: 'one-fghij' })],
    is: ['crash', 'definite', 'Error'],
  },
  {
    name: 'sandbox trouble while a container is made',
    pods: [waiting('ContainerCreating')],
    events: [event('Pod', 'FailedCreatePodSandBox', 'network plugin is not ready')],
    is: ['transient', 'possible', 'FailedCreatePodSandBox'],
  },
]

describe('causes in objects made by hand', () => {
  for (const { name, is, message, fix, ...view } of cases) {
    it(name, () => {
      const cause = causeOf({ job: view.job ?? active, pods: view.pods ?? [], events: view.events ?? [] })
      expect(cause && [cause.class, cause.certainty, cause.reason]).to.deep.equal(is)
      if (message) expect(cause!.message).to.match(message)
      if (fix) expect(cause!.fix).to.match(fix)
      expect(cause!.fix).to.not.include('\n')
    })
  }

  it('reads the exit code of a pod that is gone from the condition', () => {
    const view = cases.find(({ name }) => name.startsWith('a pod failure policy'))!
    expect(causeOf({ job: view.job!, pods: [], events: [] })).to.include({
      exitCode: 42,
      pod: 'one-abcde',
      container: 'main',
    })
  })

  it('sees no trouble in a container that is being made, nor in mounts that came right', () => {
    expect(causeOf({ job: active, pods: [waiting('ContainerCreating')], events: [] })).to.equal(null)
    const events = [
      event('Pod', 'FailedMount', 'not yet', { last: 100 }),
      event('Pod', 'Pulling', 'Pulling image', { last: 50 }),
    ]
    expect(causeOf({ job: active, pods: [waiting('ContainerCreating')], events })).to.equal(null)
  })

  it('takes the first message, which later ones shorten', () => {
    const events = [
      event('Pod', 'Failed', 'Failed to pull image "team/tuning:1": i/o timeout', { first: 60 }),
      event('Pod', 'Failed', 'Failed to pull image "team/tuning:1": manifest unknown', { first: 90 }),
    ]
    const pods = [waiting('ImagePullBackOff', 'Back-off pulling image "team/tuning:1"')]
    expect(causeOf({ job: active, pods, events })!.message).to.match(/manifest unknown$/)
  })

  it('forgets a refusal after which a pod could be made', () => {
    const events = [...refused('x is forbidden')!, event('Job', 'SuccessfulCreate', 'Created pod', { last: 5 })]
    expect(causeOf({ job: active, pods: [], events })).to.equal(null)
  })

  it('looks at init containers first', () => {
    const broken = pod({
      phase: 'Pending',
      initContainerStatuses: [{ name: 'fetch', state: { waiting: { reason: 'ErrImageNeverPull' } } }],
      containerStatuses: [{ name: 'main', state: { waiting: { reason: 'PodInitializing' } } }],
    })
    expect(causeOf({ job: active, pods: [broken], events: [] })).to.include({ container: 'fetch' })
  })

  it('prefers what is sure, then what came first', () => {
    const early = { ...waiting('ImagePullBackOff', 'x'), metadata: { ...waiting('a').metadata, name: 'one-first' } }
    const sure = {
      ...waiting('ErrImageNeverPull'),
      metadata: { ...waiting('a').metadata, name: 'one-sure', creationTimestamp: ago(1) },
    }
    expect(causeOf({ job: active, pods: [early, sure], events: [] })).to.include({ pod: 'one-sure' })
  })
})
