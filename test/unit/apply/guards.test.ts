import { expect } from 'chai'

import type { ArbError } from '../../../src/base/errors.js'
import { checkLive, checkTarget, liveReason, type TargetGuard } from '../../../src/apply/guards.js'
import type { ClusterTarget } from '../../../src/cluster/types.js'
import type { Job } from '../../../src/session/job.js'
import { workerJob } from '../../helpers/jobs.js'

const codeOf = (work: () => void): string => {
  try {
    work()
  } catch (error) {
    return (error as ArbError).code
  }
  return 'passed'
}

describe('liveReason', () => {
  const live: [string, (job: Job) => void][] = [
    ['label of the Job', (job) => (job.metadata.labels!.mode = 'live')],
    ['label of the pods', (job) => (job.spec.template.metadata!.labels!.mode = 'Live')],
    ['variable', (job) => job.spec.template.spec.containers[0]!.env!.push({ name: 'MODE', value: 'live' })],
    ['two arguments', (job) => job.spec.template.spec.containers[0]!.args!.push('--mode', 'live')],
    ['one argument', (job) => job.spec.template.spec.containers[0]!.args!.push('--mode=LIVE')],
    ['shell line', (job) => (job.spec.template.spec.containers[0]!.command = ['sh', '-c', 'run --mode live --x'])],
    [
      'init container',
      (job) => (job.spec.template.spec.initContainers = [{ name: 'i', env: [{ name: 'MODE', value: 'live' }] }]),
    ],
  ]
  for (const [name, change] of live)
    it(`sees the ${name}`, () => expect(liveReason(workerJob(undefined, change))).to.be.a('string'))

  const shells: [string, string[], Record<string, string>?][] = [
    ['before a semicolon', ['sh', '-c', 'run --mode live; echo']],
    ['before &&', ['sh', '-c', 'run --mode=live&& x']],
    ['before a redirection', ['sh', '-c', 'run --mode live>log']],
    ['before a pipe', ['sh', '-c', 'run --mode live|tee log']],
    ['within a subshell', ['sh', '-c', '(run --mode live)']],
    ['in quotes', ['sh', '-c', "run '--mode=live'"]],
    ['in quotes, word by word', ['sh', '-c', 'run "--mode" "live"']],
    ['with a quoted value', ['sh', '-c', 'run --mode="live"']],
    ['with a word in two quotes', ['sh', '-c', `run --mode li've'`]],
    ['as a list in a script', ['python', '-c', "run(['bot', '--mode', 'live'])"]],
    ['over two lines', ['sh', '-c', 'run --mode \\\n  live']],
    ['before a new line', ['sh', '-c', 'run --mode=live\necho']],
    ['before a \\n that is to be printed', ['sh', '-c', 'printf "--mode live\\n" | run']],
    ['as a variable of one command', ['sh', '-c', 'MODE=live run']],
    ['as an exported variable', ['sh', '-c', 'export MODE="live"; run']],
    ['by a variable of the container', ['run', '--mode', '$(M)'], { M: 'live' }],
    ['by a variable of the container, in one word', ['run', '--mode=$(M)'], { M: 'live' }],
    ['by a shell’s variable', ['sh', '-c', 'run --mode "${M}"'], { M: 'live' }],
    ['by a shell’s variable without braces', ['sh', '-c', 'run --mode $M'], { M: 'live' }],
    ['by MODE that another variable gives', ['run'], { M: 'live', MODE: '$(M)' }],
    ['by MODE over two others', ['run'], { A: 'li', B: '$(A)ve', MODE: '$(B)' }],
  ]
  const harmless: [string, string[], Record<string, string>?][] = [
    ['another mode', ['sh', '-c', 'run --mode paper; echo live']],
    ['another flag', ['run', '--model', 'live', '--no-mode', 'live']],
    ['a longer word', ['sh', '-c', 'MODE=liver run --mode=lively']],
    ['another variable', ['sh', '-c', 'XMODE=live run']],
    ['prose', ['sh', '-c', 'echo "not in mode live"']],
    ['a mode that is not set', ['sh', '-c', 'run --mode; live']],
    ['a variable with another value', ['run', '--mode', '$(M)'], { M: 'paper' }],
    ['a variable that is not known', ['run', '--mode', '$(live)']],
  ]
  const withWords = (args: string[], env: Record<string, string> = {}) =>
    workerJob(undefined, (job) => {
      const container = job.spec.template.spec.containers[0]!
      Object.assign(container, { command: args.slice(0, 1), args: args.slice(1) })
      container.env = Object.entries(env).map(([name, value]) => ({ name, value }))
    })
  for (const [name, args, env] of shells)
    it(`sees --mode live ${name}`, () => expect(liveReason(withWords(args, env))).to.be.a('string'))
  for (const [name, args, env] of harmless)
    it(`does not mind ${name}`, () => expect(liveReason(withWords(args, env))).to.equal(undefined))

  it('is not fooled by words that only contain it', () => {
    const job = workerJob(undefined, (it) =>
      it.spec.template.spec.containers[0]!.args!.push('--mode', 'paper', '--name', 'live', '--mode=lively'),
    )
    expect(liveReason(job)).to.equal(undefined)
  })

  it('creates in exactly one row of the truth table', () => {
    const liveJob = workerJob(undefined, (job) => (job.metadata.labels!.mode = 'live'))
    const rows = [false, true].flatMap((allowLive) => [false, true].map((forbidLive) => ({ allowLive, forbidLive })))
    const passed = rows.filter((guard) => codeOf(() => checkLive(liveJob, guard)) === 'passed')
    expect(passed).to.deep.equal([{ allowLive: true, forbidLive: false }])
    expect(codeOf(() => checkLive(liveJob, rows[0]!))).to.equal('ARB_LIVE_REFUSED')
    expect(rows.every((guard) => codeOf(() => checkLive(workerJob(), guard)) === 'passed')).to.equal(true)
  })
})

describe('checkTarget', () => {
  const target: ClusterTarget = {
    context: 'prod-eu',
    cluster: 'c',
    user: 'u',
    server: 'https://h',
    namespace: 'n',
    insecure: false,
  }
  const guard: TargetGuard = { protectedContexts: [], allowInsecure: false }
  const cases: [string, Partial<TargetGuard>, Partial<ClusterTarget>, string][] = [
    ['an open context', {}, {}, 'passed'],
    ['another context’s protection', { protectedContexts: ['prod', 'x*', 'p.od-eu'] }, {}, 'passed'],
    ['a protected context', { protectedContexts: ['prod-*'] }, {}, 'ARB_CONTEXT_PROTECTED'],
    ['a protected context that is confirmed', { protectedContexts: ['*'], confirmContext: 'prod-eu' }, {}, 'passed'],
    ['a confirmation of another', { confirmContext: 'prod-us' }, {}, 'ARB_CONTEXT_PROTECTED'],
    ['an insecure connection', {}, { insecure: true }, 'ARB_TARGET_INSECURE'],
    ['an insecure connection that was asked for', { allowInsecure: true }, { insecure: true }, 'passed'],
    [
      'a cluster without a context name',
      { protectedContexts: ['in-cluster'] },
      { context: null, cluster: 'in-cluster' },
      'ARB_CONTEXT_PROTECTED',
    ],
  ]
  for (const [name, guards, targets, wanted] of cases) {
    it(`${name}: ${wanted}`, () => {
      expect(codeOf(() => checkTarget({ ...target, ...targets }, { ...guard, ...guards }))).to.equal(wanted)
    })
  }
})
