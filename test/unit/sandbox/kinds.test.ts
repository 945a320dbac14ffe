import { expect } from 'chai'

import { humanDuration } from '../../../plugins/plugin-sandbox/src/api/columns.js'
import { parsePath } from '../../../plugins/plugin-sandbox/src/api/resources.js'
import { formatIndexes, freeIndexes } from '../../../plugins/plugin-sandbox/src/control/indexes.js'
import { parseQuantity } from '../../../plugins/plugin-sandbox/src/kinds/quantity.js'
import { strategies } from '../../../plugins/plugin-sandbox/src/kinds/strategies.js'
import { DecodeError, decode } from '../../../plugins/plugin-sandbox/src/schema/decode.js'
import { types } from '../../../plugins/plugin-sandbox/src/schema/types.js'
import type { KubeObject } from '../../../plugins/plugin-sandbox/src/store/objects.js'

describe('sandbox: decoding', () => {
  it('drops nulls, empty lists and unknown fields, and names the unknown', () => {
    const { value, unknown } = decode(types.Job, {
      kind: 'Job',
      metadata: { name: 'x', creationTimestamp: null },
      spec: { foo: 1, template: { spec: { containers: [{ name: 'c', command: [], bar: {}, securityContext: {} }] } } },
    })
    expect(value).to.deep.equal({
      kind: 'Job',
      metadata: { name: 'x' },
      spec: { template: { spec: { containers: [{ name: 'c', securityContext: {} }] } } },
    })
    expect(unknown).to.deep.equal(['spec.foo', 'spec.template.spec.containers[0].bar'])
  })

  it('takes quantities as numbers and refuses wrong types, naming the field', () => {
    const withLimit = (cpu: unknown) => ({ spec: { containers: [{ resources: { limits: { cpu } } }] } })
    expect(decode(types.Pod, withLimit(1)).value).to.deep.equal(withLimit('1'))
    const cases: [unknown, string][] = [
      [
        { spec: { completions: 'x' } },
        'json: cannot unmarshal string into Go struct field JobSpec.spec.completions of type int32',
      ],
      [
        { spec: { suspend: 'yes' } },
        'json: cannot unmarshal string into Go struct field JobSpec.spec.suspend of type bool',
      ],
      [
        { spec: { completions: 1.5 } },
        'json: cannot unmarshal number 1.5 into Go struct field JobSpec.spec.completions of type int32',
      ],
      [
        { metadata: { labels: { a: 1 } } },
        'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
      ],
      [{ spec: [] }, 'json: cannot unmarshal array into Go struct field Job.spec of type v1.JobSpec'],
    ]
    for (const [input, message] of cases) expect(() => decode(types.Job, input)).to.throw(DecodeError, message)
  })
})

describe('sandbox: rules', () => {
  function problems(kind: 'Job' | 'Pod', name: string, spec: unknown): string[] {
    const { value } = decode(types[kind], { metadata: { name, uid: 'u' }, spec })
    const object = value as unknown as KubeObject
    strategies[kind].defaults(object)
    strategies[kind].prepare(object)
    return strategies[kind].problems(object).map((cause) => `${cause.field}: ${cause.message}`)
  }
  const template = (more: object = {}) => ({
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }], ...more } },
  })

  it('accepts a plain Job', () => {
    expect(problems('Job', 'x', template())).to.deep.equal([])
  })

  it('refuses what it does not run, instead of running it otherwise', () => {
    const spec = {
      ...template(),
      completionMode: 'Indexed',
      completions: 2,
      backoffLimitPerIndex: 1,
      successPolicy: {},
      managedBy: 'a/b',
    }
    const found = problems('Job', 'x', spec)
    for (const field of ['backoffLimitPerIndex', 'successPolicy', 'managedBy']) {
      expect(found).to.include(`spec.${field}: Forbidden: not supported by the sandbox`)
    }
  })

  it('knows the rules of Indexed Jobs and failure policies', () => {
    expect(problems('Job', 'x', { ...template(), completionMode: 'Indexed' })).to.satisfy(
      (found: string[]) => found.length === 0,
    )
    expect(problems('Job', 'x', { ...template(), completionMode: 'Indexed', parallelism: 1 })).to.deep.equal([
      'spec.completions: Required value: when completion mode is Indexed',
    ])
    const long = 'x'.repeat(62)
    expect(problems('Job', long, { ...template(), completionMode: 'Indexed', completions: 11 })[0]).to.match(
      /^metadata\.name: Invalid value/,
    )
    const rules = [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0, 2, 1] } }]
    const found = problems('Job', 'x', { ...template({ restartPolicy: 'OnFailure' }), podFailurePolicy: { rules } })
    expect(found.map((line) => line.split(':')[0])).to.have.members([
      'spec.template.spec.restartPolicy',
      'spec.podFailurePolicy.rules[0].onExitCodes.values[0]',
      'spec.podFailurePolicy.rules[0].onExitCodes.values',
    ])
  })

  it('knows the rules of containers', () => {
    const containers = [
      { name: 'Bad', image: 'i' },
      { name: 'c', image: ' i', imagePullPolicy: 'Maybe', env: [{ name: 'A=B' }, { name: 'X', valueFrom: {} }] },
      { name: 'c', image: 'i' },
    ]
    const fields = problems('Job', 'x', template({ containers })).map((line) => line.split(': ').slice(0, 2).join(': '))
    const at = 'spec.template.spec.containers'
    expect(fields).to.have.members([
      `${at}[0].name: Invalid value`,
      `${at}[1].image: Invalid value`,
      `${at}[1].imagePullPolicy: Unsupported value`,
      `${at}[1].env[0].name: Invalid value`,
      `${at}[1].env[1].valueFrom: Invalid value`,
      `${at}[2].name: Duplicate value`,
    ])
  })
})

describe('sandbox: small things', () => {
  it('reads quantities', () => {
    const cases: [string, number | undefined][] = [
      ['500m', 0.5],
      ['1', 1],
      ['1.5Gi', 1.5 * 2 ** 30],
      ['2e3', 2000],
      ['1k', 1000],
      ['.5', 0.5],
      ['lots', undefined],
      ['', undefined],
      ['1 Gi', undefined],
    ]
    for (const [text, expected] of cases) expect([text, parseQuantity(text)]).to.deep.equal([text, expected])
  })

  it('writes indexes as ranges and finds free ones', () => {
    expect(formatIndexes([4, 0, 2, 3, 7, 8])).to.equal('0,2-4,7,8')
    expect(formatIndexes([])).to.equal('')
    expect(freeIndexes(2, 5, new Set([0, 2]))).to.deep.equal([1, 3])
    expect(freeIndexes(9, 3, new Set([1]))).to.deep.equal([0, 2])
  })

  it('shortens durations as kubectl does', () => {
    const cases: [number, string][] = [
      [0, '0s'],
      [119, '119s'],
      [120, '2m'],
      [135, '2m15s'],
      [3600, '60m'],
      [3 * 3600, '3h'],
      [3 * 3600 + 60, '3h1m'],
      [30 * 3600, '30h'],
      [50 * 3600, '2d2h'],
    ]
    for (const [seconds, expected] of cases) expect(humanDuration(seconds * 1000)).to.equal(expected)
  })

  it('takes paths apart', () => {
    expect(parsePath('/api/v1/namespaces/a/pods/b/log')).to.deep.equal({
      group: '',
      version: 'v1',
      namespace: 'a',
      plural: 'pods',
      name: 'b',
      subresource: 'log',
    })
    expect(parsePath('/apis/batch/v1/jobs')).to.include({
      group: 'batch',
      version: 'v1',
      plural: 'jobs',
      name: undefined,
    })
    expect(parsePath('/api/v1/namespaces/a')).to.include({ plural: 'namespaces', name: 'a' })
    expect(parsePath('/api/v1/namespaces/a/status')).to.include({
      plural: 'namespaces',
      name: 'a',
      subresource: 'status',
    })
    expect(parsePath('/somewhere')).to.equal(undefined)
    expect(parsePath('/api/v1/namespaces/%zz/pods')).to.equal(undefined)
  })
})
