import { expect } from 'chai'

import { ArbError } from '../../../src/base/errors.js'
import {
  runStages,
  stageNames,
  type PipelineStep,
  type StageName,
  type StageOutcome,
  type Stages,
} from '../../../src/pipeline/steps.js'

const signal = new AbortController().signal

/** Stages that all work, but for those given. */
function stages(special: Partial<Record<StageName, () => Promise<StageOutcome>>>, ran: StageName[] = []): Stages {
  const entries = stageNames.map((name) => [
    name,
    async (): Promise<StageOutcome> => {
      ran.push(name)
      return special[name]?.() ?? { message: 'fine' }
    },
  ])
  return Object.fromEntries(entries) as Stages
}

function statuses(steps: PipelineStep[]): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, status }) => [name, status]))
}

const broken = (): Promise<StageOutcome> =>
  Promise.reject(new ArbError({ code: 'ARB_TIMEOUT', message: 'too late', hints: ['Wait longer.'] }))

describe('the pipeline’s engine', () => {
  it('runs seven steps in order and numbers them', async () => {
    const told: string[] = []
    const steps = await runStages(stages({}), signal, {
      onStart: (number, name) => void told.push(`start ${number} ${name}`),
      onEnd: ({ number, name, status }) => void told.push(`${status} ${number} ${name}`),
    })
    expect(steps.map(({ number }) => number)).to.deep.equal([1, 2, 3, 4, 5, 6, 7])
    expect(told.slice(0, 4)).to.deep.equal([
      'start 1 generate',
      'done 1 generate',
      'start 2 validate',
      'done 2 validate',
    ])
    expect(told).to.have.length(14)
  })

  it('skips what needs a step that failed, and still looks at the cluster, records and alerts', async () => {
    const ran: StageName[] = []
    const steps = await runStages(stages({ generate: broken }, ran), signal)
    expect(statuses(steps)).to.deep.equal({
      generate: 'failed',
      validate: 'skipped',
      apply: 'skipped',
      monitor: 'done',
      health: 'done',
      record: 'done',
      alert: 'done',
    })
    expect(ran).to.deep.equal(['generate', 'monitor', 'health', 'record', 'alert'])
    expect(steps[0]!.error).to.deep.equal({ code: 'ARB_TIMEOUT', message: 'too late', hints: ['Wait longer.'] })
    expect(steps[1]!.message).to.contain('generate')
  })

  it('judges nothing that could not be read', async () => {
    const steps = await runStages(stages({ monitor: broken }), signal)
    expect(statuses(steps)).to.include({
      apply: 'done',
      monitor: 'failed',
      health: 'skipped',
      record: 'skipped',
      alert: 'skipped',
    })
    expect(steps.map(({ exit_code }) => exit_code)).to.deep.equal([0, 0, 0, 3, 0, 0, 0])
  })

  it('alerts even where the record could not be stored', async () => {
    expect(statuses(await runStages(stages({ record: broken }), signal))).to.include({
      record: 'failed',
      alert: 'done',
    })
  })

  it('goes on after findings, unless they block', async () => {
    const finding = (blocks: boolean) => async () => ({ message: 'bad', exitCode: 1, blocks })
    expect(statuses(await runStages(stages({ validate: finding(true) }), signal))).to.include({
      validate: 'findings',
      apply: 'skipped',
    })
    expect(statuses(await runStages(stages({ apply: finding(false) }), signal))).to.include({
      apply: 'findings',
      monitor: 'done',
    })
  })

  it('calls a defect of ours by its name', async () => {
    const steps = await runStages(stages({ health: () => Promise.reject(new TypeError('x is undefined')) }), signal)
    expect(steps[4]).to.include({ status: 'failed', exit_code: 3 })
    expect(steps[4]!.error?.code).to.equal('ARB_INTERNAL')
  })

  it('ends at an interruption with its error', async () => {
    const controller = new AbortController()
    const ran: StageName[] = []
    const stop = async (): Promise<StageOutcome> => {
      controller.abort(new ArbError({ code: 'ARB_INTERRUPTED', message: 'interrupted by SIGINT', exitCode: 130 }))
      return { message: 'fine' }
    }
    const error = await runStages(stages({ apply: stop }, ran), controller.signal).then(
      () => expect.fail('it went on'),
      (thrown: ArbError) => thrown,
    )
    expect(error.exitCode).to.equal(130)
    expect(ran).to.deep.equal(['generate', 'validate', 'apply'])
  })
})
