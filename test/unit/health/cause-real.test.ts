import { expect } from 'chai'

import { judgeSnapshot } from '../../../src/health/judge.js'
import type { Certainty, Health, JobReason, Phase, TroubleClass } from '../../../src/health/types.js'
import { fixture } from './objects.js'

interface Expected {
  phase: Phase
  health: Health
  reasons: JobReason[]
  cause: [TroubleClass, Certainty, string] | null
  container?: string
  exitCode?: number
  signal?: number
  message?: RegExp
  fix?: RegExp
}

const config = (fix: RegExp): Expected => ({
  phase: 'PENDING',
  health: 'ERROR',
  reasons: ['pending', 'config'],
  cause: ['config', 'possible', 'CreateContainerConfigError'],
  container: 'main',
  fix,
})
const crash = (exitCode: number, container = 'main'): Expected => ({
  phase: 'FAILED',
  health: 'ERROR',
  reasons: ['job_failed', 'crash'],
  cause: ['crash', 'definite', 'Error'],
  container,
  exitCode,
  message: new RegExp(`^exit code ${exitCode}`),
  fix: new RegExp(`kubectl logs -n health-fixtures \\S+ -c ${container}$`),
})
const image: Expected = {
  phase: 'PENDING',
  health: 'ERROR',
  reasons: ['pending', 'image'],
  cause: ['image', 'possible', 'ImagePullBackOff'],
  message: /^Failed to pull image "localhost:1\/none:1".*connection refused$/,
  fix: /cannot reach the registry of localhost:1\/none:1/,
}
const noCommand = (command: string): Expected => ({
  phase: 'FAILED',
  health: 'ERROR',
  reasons: ['job_failed', 'permanent'],
  cause: ['permanent', 'definite', 'StartError'],
  exitCode: 128,
  fix: new RegExp(`Command "${command}" cannot run in busybox:1.35`),
})
const capacity = (fix: RegExp): Expected => ({
  phase: 'PENDING',
  health: 'WARN',
  reasons: ['pending', 'capacity'],
  cause: ['capacity', 'possible', 'Unschedulable'],
  message: /^0\/1 nodes are available/,
  fix,
})
const quota = (fix: RegExp): Expected => ({
  phase: 'PENDING',
  health: 'ERROR',
  reasons: ['pending', 'quota'],
  cause: ['quota', 'definite', 'FailedCreate'],
  fix,
})

const cases: Record<string, Expected> = {
  ok: { phase: 'SUCCEEDED', health: 'OK', reasons: [], cause: null },
  'three-of-five': { phase: 'SUCCEEDED', health: 'OK', reasons: [], cause: null },
  running: { phase: 'RUNNING', health: 'OK', reasons: [], cause: null },
  retried: {
    phase: 'SUCCEEDED',
    health: 'OK',
    reasons: ['retried'],
    cause: ['crash', 'possible', 'Error'],
    exitCode: 7,
  },
  image,
  'init-image': { ...image, container: 'fetch' },
  pulling: { ...image, health: 'WARN' },
  'never-pull': {
    phase: 'PENDING',
    health: 'ERROR',
    reasons: ['pending', 'permanent'],
    cause: ['permanent', 'definite', 'ErrImageNeverPull'],
    fix: /^Load nothere:1 into the node/,
  },
  'bad-image': {
    phase: 'PENDING',
    health: 'ERROR',
    reasons: ['pending', 'permanent'],
    cause: ['permanent', 'definite', 'InvalidImageName'],
    message: /couldn't parse image reference "BAD IMAGE"/,
    fix: /^"BAD IMAGE" is not a valid image name/,
  },
  'missing-secret': config(/^Secret health-fixtures\/nosuch does not exist: kubectl create secret generic nosuch/),
  'missing-key': config(/^Secret health-fixtures\/api-keys has no key token/),
  'missing-configmap': config(/^ConfigMap health-fixtures\/nomap does not exist: kubectl create configmap nomap/),
  'missing-configmap-key': config(/^ConfigMap health-fixtures\/settings has no key zz/),
  'missing-volume': {
    ...config(/^Secret health-fixtures\/novol does not exist/),
    cause: ['config', 'possible', 'FailedMount'],
  },
  'non-root': {
    ...config(/runs as root: set securityContext/),
    cause: ['config', 'definite', 'CreateContainerConfigError'],
  },
  'no-command': noCommand('nosuchcommand'),
  'no-node-dir': noCommand('/etc/passwd'),
  exit1: crash(1),
  exit3: crash(3),
  backoff: { ...crash(3), reasons: ['job_failed', 'crash', 'retried'] },
  init: crash(5, 'fetch'),
  signal: { ...crash(143), signal: 15, message: /^exit code 143 \(SIGTERM\)$/ },
  'killed-by-memory': { ...crash(137), signal: 9, fix: /memory limit of 16Mi/ },
  oom: {
    phase: 'FAILED',
    health: 'ERROR',
    reasons: ['job_failed', 'memory'],
    cause: ['memory', 'definite', 'OOMKilled'],
    exitCode: 137,
    message: /memory limit of 16Mi/,
    fix: /^Raise resources.limits.memory above 16Mi/,
  },
  crashlooping: {
    phase: 'RUNNING',
    health: 'WARN',
    reasons: ['crash', 'retried'],
    cause: ['crash', 'possible', 'Error'],
    exitCode: 4,
    message: /^exit code 4; started again 2 times$/,
    fix: /--previous$/,
  },
  crashloop: {
    phase: 'FAILED',
    health: 'ERROR',
    reasons: ['job_failed', 'crash'],
    cause: ['crash', 'definite', 'BackoffLimitExceeded'],
    message: /its pod is deleted/,
    fix: /restart_policy: Never/,
  },
  deadline: {
    phase: 'FAILED',
    health: 'ERROR',
    reasons: ['job_failed', 'deadline'],
    cause: ['deadline', 'definite', 'DeadlineExceeded'],
    message: /^ran longer than activeDeadlineSeconds 5$/,
  },
  unschedulable: capacity(/^No node has enough free cpu:/),
  'node-selector': capacity(/^No node matches nodeSelector/),
  quota: quota(/asks cpu=2 and quota q allows 1 in all/),
  'quota-missing': quota(/^Quota q needs cpu and memory/),
}

describe('causes in the objects of a real cluster', () => {
  for (const [name, expected] of Object.entries(cases)) {
    it(name, () => {
      const { jobs } = judgeSnapshot(fixture(name))
      const [found] = jobs
      expect(found).to.include({ phase: expected.phase, health: expected.health })
      expect(found!.reasons).to.deep.equal(expected.reasons)
      const { cause } = found!
      expect(cause && [cause.class, cause.certainty, cause.reason]).to.deep.equal(expected.cause)
      if (expected.container) expect(cause!.container).to.equal(expected.container)
      if (cause)
        expect(cause).to.include({
          exitCode: expected.exitCode ?? null,
          signal: expected.signal ?? (expected.exitCode === 137 ? 9 : null),
        })
      if (expected.message) expect(cause!.message).to.match(expected.message)
      if (expected.fix) expect(cause!.fix).to.match(expected.fix)
    })
  }

  it('counts the time of a trouble from when it was first seen', () => {
    const shot = fixture('unschedulable')
    const later = new Date(Date.parse(shot.jobs[0]!.metadata.creationTimestamp!) + 11 * 60_000).toISOString()
    expect(judgeSnapshot({ ...shot, takenAt: later }).overallHealth).to.equal('ERROR')
    expect(judgeSnapshot({ ...shot, takenAt: later }, { budgets: { capacity: 3_600_000 } }).overallHealth).to.equal(
      'WARN',
    )
  })

  it('tells a failed Job’s end by its condition and a succeeded one’s by its completion time', () => {
    expect(judgeSnapshot(fixture('deadline')).jobs[0]).to.include({ endTime: '2026-11-21T00:51:50Z' })
    expect(judgeSnapshot(fixture('retried')).jobs[0]).to.include({ endTime: '2026-11-21T00:51:51Z', retries: 1 })
  })
})
