import { expect } from 'chai'

import { judgeSnapshot } from '../../../src/health/judge.js'
import type { JobHealth } from '../../../src/health/types.js'
import type { Pod, Snapshot } from '../../../src/cluster/types.js'
import type { Job } from '../../../src/session/job.js'
import { ago, job, pod, snapshot } from './objects.js'

const trying = job({ spec: { backoffLimit: 6 }, status: { active: 1, failed: 1 } })

function at(index: number | undefined, one: Pod): Pod {
  const annotations: Record<string, string> =
    index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) }
  return { ...one, metadata: { ...one.metadata, annotations } }
}

/** A pod that was killed for its memory 20 minutes ago. */
function killed(name: string, index?: number): Pod {
  const terminated = { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(1200) }
  return at(index, pod({ phase: 'Failed', containerStatuses: [{ name: 'main', state: { terminated } }] }, { name }))
}

function runs(name: string, index?: number, restartCount = 0): Pod {
  const terminated = { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(1200) }
  const before = restartCount > 0 ? { restartCount, lastState: { terminated } } : {}
  const state = { running: { startedAt: ago(1100) } }
  return at(index, pod({ phase: 'Running', containerStatuses: [{ name: 'main', state, ...before }] }, { name }))
}

const judged = (pods: Pod[], one: Job = trying): JobHealth => judgeSnapshot(snapshot({ jobs: [one], pods })).jobs[0]!

describe('kills for memory that a retry got over', () => {
  const warns: [string, Pod[]][] = [
    ['one kill, the next pod runs', [killed('a'), runs('b')]],
    ['one restart, the container runs', [runs('a', undefined, 1)]],
    ['one kill at each of two indexes', [killed('a', 0), runs('b', 0), killed('c', 1), runs('d', 1)]],
  ]
  for (const [name, pods] of warns)
    it(`stays a warning: ${name}`, () => {
      const found = judged(pods)
      expect(found).to.include({ phase: 'RUNNING', health: 'WARN' })
      expect(found.reasons).to.deep.equal(['memory', 'retried'])
      expect(found.cause!.message).to.match(/memory limit of 1Gi; tried again, and . runs$/)
    })

  const errors: [string, Pod[]][] = [
    ['two kills of one worker', [killed('a'), killed('b'), runs('c')]],
    ['two kills at one index', [killed('a', 1), killed('b', 1), runs('c', 1), runs('d', 0)]],
    ['a kill and a restart at one index', [killed('a', 1), runs('b', 1, 1)]],
    ['two restarts', [runs('a', undefined, 2)]],
    ['one kill long ago, and nothing runs since', [killed('a')]],
    ['one kill, and only another index runs', [killed('a', 0), runs('b', 1)]],
  ]
  for (const [name, pods] of errors)
    it(`is an error: ${name}`, () => expect(judged(pods)).to.include({ phase: 'RUNNING', health: 'ERROR' }))

  it('is over at an index that has succeeded', () => {
    const pods = [killed('a', 0), killed('b', 0), at(0, pod({ phase: 'Succeeded' }, { name: 'c' })), runs('d', 1)]
    expect(judged(pods).health).to.equal('OK')
  })

  it('does not hide what stands in another pod’s way', () => {
    const state = { waiting: { reason: 'InvalidImageName', message: 'bad' } }
    const stuck = at(1, pod({ phase: 'Pending', containerStatuses: [{ name: 'main', state }] }, { name: 'x' }))
    expect(judged([runs('a', 0, 1), stuck]).cause!.reason).to.equal('InvalidImageName')
  })
})

describe('null in the place of lists', () => {
  it('is nothing', () => {
    const status = { phase: 'Running', containerStatuses: null, initContainerStatuses: null, conditions: null }
    const odd = { ...pod({}), status } as unknown as Pod
    const bare = { ...trying, status: { active: 1, failed: null, conditions: null } } as unknown as Job
    bare.metadata = { ...bare.metadata, labels: null } as unknown as Job['metadata']
    const seen = snapshot({
      jobs: [bare],
      pods: [odd, { ...odd, status: null } as unknown as Pod],
    } as Partial<Snapshot>)
    expect(judgeSnapshot(seen).jobs[0]).to.include({ phase: 'RUNNING', health: 'OK' })
  })
})
