import { expect } from 'chai'

import type { ArbError } from '../../../src/base/errors.js'
import { generateWith } from '../../helpers/session-config.js'

function refusal(more: object, orchestrator?: object): ArbError {
  try {
    generateWith(more, orchestrator)
  } catch (error) {
    return error as ArbError
  }
  throw new Error('it was taken')
}

describe('session config', () => {
  const wrong: [string, object, string, RegExp, RegExp?][] = [
    [
      'an unknown key',
      { workerz: 2 },
      'ARB_CONFIG_INVALID',
      /k8s\.yaml:\d+: unknown key "workerz"/,
      /Did you mean "workers"/,
    ],
    ['no workers', { workers: 0 }, 'ARB_CONFIG_INVALID', /k8s\.yaml:7: workers: expected a whole number from 1/],
    ['workers as text', { workers: '2' }, 'ARB_CONFIG_INVALID', /found the text "2"/],
    ['half a worker', { workers: 1.5 }, 'ARB_CONFIG_INVALID', /found the number 1\.5/],
    ['an unknown mode', { mode: 'papr' }, 'ARB_CONFIG_INVALID', /one of paper, shadow, live/, /Did you mean "paper"/],
    ['an id with a slash', { session_id: 'a/b' }, 'ARB_CONFIG_INVALID', /"a\/b" cannot be used: only A-Z/],
    ['an id of 300 characters', { session_id: 'a'.repeat(300) }, 'ARB_CONFIG_INVALID', /300 characters; at most 63/],
    ['an id in another script', { session_id: 'сессия' }, 'ARB_CONFIG_INVALID', /only A-Z/],
    ['an id that goes up', { session_id: '../../etc' }, 'ARB_CONFIG_INVALID', /cannot be used/],
    ['an id that is a number', { session_id: 7 }, 'ARB_CONFIG_INVALID', /found the number 7/, /in quotes: "7"/],
    [
      'a number in extra_env',
      { extra_env: { PORT: 1 } },
      'ARB_CONFIG_INVALID',
      /extra_env\.PORT: expected text/,
      /"1"/,
    ],
    [
      'a bad quantity',
      { resources: { requests: { cpu: 'lots' } } },
      'ARB_CONFIG_INVALID',
      /resources\.requests\.cpu: expected a quantity/,
    ],
    ['a missing key', { image: undefined }, 'ARB_CONFIG_INVALID', /missing: image/],
    ['a label of ours', { labels: { app: 'x' } }, 'ARB_CONFIG_INVALID', /labels\.app: this name is set by arbk8s/],
    [
      'a variable in both',
      { extra_env: { A: 'x' }, secret_env: { A: { name: 's', key: 'k' } } },
      'ARB_CONFIG_INVALID',
      /A stands in both/,
    ],
    [
      'an unknown placeholder',
      { args: ['{{iteration}}'] },
      'ARB_CONFIG_INVALID',
      /unknown placeholder \{\{iteration\}\}/,
      /\{\{iterations\}\}/,
    ],
    [
      'a placeholder without a value',
      { args: ['{{config_path}}'], config_path: undefined },
      'ARB_CONFIG_INVALID',
      /has no config_path/,
    ],
    [
      'a prefix that is too long',
      { name_prefix: 'a'.repeat(60) },
      'ARB_SESSION_INVALID',
      /at most 63/,
      /characters shorter/,
    ],
    [
      'a secret in extra_env',
      { extra_env: { DB_PASSWORD: 'hunter2' } },
      'ARB_SECRET_LITERAL',
      /"DB_PASSWORD" looks like a secret/,
      /secret_env:\n.*DB_PASSWORD: \{name: my-secret/,
    ],
    ['a secret in args', { args: ['--api-key', 'abc'] }, 'ARB_SECRET_LITERAL', /"api-key" looks like a secret/],
    ['a secret in one arg', { args: ['--token=abc'] }, 'ARB_SECRET_LITERAL', /"token"/],
    [
      'too many Jobs',
      { workers: 20_000, total_iterations: 20_000 },
      'ARB_SESSION_INVALID',
      /more than the 10000/,
      /layout: indexed/,
    ],
  ]
  for (const [title, more, code, message, hint] of wrong) {
    it(`refuses ${title}`, () => {
      const error = refusal(more)
      expect(error.code).to.equal(code)
      expect(error.exitCode).to.equal(3)
      expect(error.message).to.match(message)
      if (hint) expect(error.hints.join('\n')).to.match(hint)
    })
  }

  it('never shows the literal secret', () => {
    const error = refusal({ extra_env: { DB_PASSWORD: 'hunter2' } })
    expect(JSON.stringify([error.message, error.hints, error.details])).not.to.include('hunter2')
  })

  it('names all problems at once', () => {
    const error = refusal({ workers: 0, mode: 'x', nonsense: 1 })
    expect(error.details.problems).to.have.length(3)
    expect(error.hints.join('\n')).to.include('Also k8s.yaml:')
  })

  it('takes a variable that stands for a secret', () => {
    const { jobs } = generateWith({
      args: ['--token', '$(TOKEN)'],
      secret_env: { TOKEN: { name: 'broker', key: 'token' } },
    })
    const container = jobs[0]!.job.spec.template.spec.containers[0]!
    expect(container.env!.at(-1)).to.deep.equal({
      name: 'TOKEN',
      valueFrom: { secretKeyRef: { name: 'broker', key: 'token' } },
    })
  })

  it('lets the orchestrator config override iterations and workers, and says so', () => {
    const { totals, warnings } = generateWith({}, { total_iterations: 9, workers: 3 })
    expect(totals).to.include({ jobs: 3, iterations: 9 })
    expect(warnings[0]).to.match(/k8s\.yaml:6 says 6, session\.yaml:1 says 9; 9 is used/)
  })

  it('keeps the k8s config where the files disagree on anything else', () => {
    const { session, warnings } = generateWith({}, { mode: 'live' })
    expect(session.mode).to.equal('paper')
    expect(warnings).to.have.length(1)
  })

  it('takes from the orchestrator config what the other leaves out', () => {
    const { session } = generateWith(
      { session_id: undefined, total_iterations: undefined },
      { session_id: 'abc', total_iterations: 4 },
    )
    expect(session).to.include({ sessionId: 'abc', totalIterations: 4 })
  })
})
