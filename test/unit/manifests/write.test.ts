import { readFileSync } from 'node:fs'

import { expect } from 'chai'
import { parse } from 'yaml'

import { jobYaml } from '../../../src/manifests/write.js'
import { scalarText } from '../../../src/manifests/write-scalar.js'
import { documentReader } from '../../../src/manifests/yaml-document.js'
import type { Job } from '../../../src/session/job.js'
import { generateWith } from '../../helpers/session-config.js'

const example = new URL('../../fixtures/session/job-00-arb-tuning-d29-k8s--worker-1-0.yaml', import.meta.url)

describe('jobYaml', () => {
  it('writes the original example byte for byte', () => {
    expect(jobYaml(generateWith({}).jobs[0]!.job)).to.equal(readFileSync(example, 'utf8'))
  })

  it('writes what it was given, for every part a session can have', () => {
    const { jobs } = generateWith({
      annotations: { note: 'a: b # c', empty: '' },
      tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 3 }],
      pod_failure_policy: {
        rules: [{ action: 'FailJob', onExitCodes: { containerName: 'x', operator: 'In', values: [3, 4] } }],
      },
      node_selector: { 'kubernetes.io/arch': 'amd64' },
      args: Array.from({ length: 60 }, (_, index) => `--option-${index}=yes`),
      secret_env: { TOKEN: { name: 'broker', key: 'token', optional: true } },
      queue: { local_queue: 'q' },
    })
    const text = jobYaml(jobs[0]!.job)
    for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).to.deep.equal(jobs[0]!.job)
    for (const line of text.split('\n').filter((line) => line.includes('--option')))
      expect(line.length).to.be.at.most(121)
  })
})

/** Texts that look like something else, and random ones made of troublesome parts. */
function* texts(count: number): Generator<string> {
  const parts = [
    'yes',
    'NO',
    'on',
    'y',
    'n',
    '~',
    'null',
    'true',
    '1',
    '0',
    '0o7',
    '0x1F',
    '0b1',
    '1_0',
    '12:30',
    '1e3',
    '.5',
    '.inf',
    '-',
    '--',
    '---',
    '...',
    '=',
    '<<',
    '2024-01-01',
    '500m',
    '1Gi',
    ' ',
    '  ',
    '\n',
    '\t',
    '\r',
    ':',
    ': ',
    '#',
    ' #',
    ',',
    '[',
    ']',
    '{',
    '}',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    '"',
    "'",
    '\\',
    '?',
    'é',
    '日本',
    '😀',
    '\u0085',
    '\u2028',
    '\u00a0',
    '\ufeff',
    '\u0000',
    '\u001b',
    '\u202e',
    'a',
    'b/c',
    'x:1',
    '/',
    '.',
    '+',
    '_',
    'nan',
    'Infinity',
    '1.',
    '+1',
    '-1',
    '1:2',
    '0777',
  ]
  yield* parts
  let seed = 7
  const next = (max: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % max
  for (let index = 0; index < count; index++) {
    let text = ''
    for (let length = next(5); length >= 0; length--) text += parts[next(parts.length)]
    yield text
  }
}

describe('scalarText', () => {
  it('is read back as the same text by readers of YAML 1.1 and 1.2, as value and as key, for 10,000 texts', async () => {
    const read = await documentReader()
    let checked = 0
    for (const text of texts(10_000)) {
      const block = `v: ${scalarText(text)}\n`
      const flow = `v: {${scalarText(text, true)}: ${scalarText(text, true)}, l: [${scalarText(text, true)}]}\n`
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(block, { version }), block).to.deep.equal({ v: text })
        if (text !== 'l') expect(parse(flow, { version }), flow).to.deep.equal({ v: { [text]: text, l: [text] } })
      }
      const [own] = [...read(block)]
      expect(own!.value, block).to.deep.equal({ v: text })
      expect(own!.problems.filter((problem) => problem.rule !== 'yaml/control-character')).to.deep.equal([])
      checked++
    }
    expect(checked).to.be.greaterThan(10_000)
  })

  it('keeps plain what is plain', () => {
    for (const text of [
      '--config',
      'arb-tuning',
      '500m',
      '1Gi',
      'Arbitrage tuning job for worker-1',
      'scripts/run.py',
      './a',
    ])
      expect(scalarText(text, true)).to.equal(text)
  })

  it('quotes a colon within flow style, where older readers end the key at it', () => {
    expect([scalarText('registry/a:1'), scalarText('registry/a:1', true)]).to.deep.equal([
      'registry/a:1',
      '"registry/a:1"',
    ])
  })

  it('is safe in a manifest of any such texts', () => {
    const env = [...texts(200)].map((value, index) => ({ name: `V${index}`, value }))
    const job = { ...generateWith({}).jobs[0]!.job } as Job
    job.spec = structuredClone(job.spec)
    job.spec.template.spec.containers[0]!.env = env
    expect((parse(jobYaml(job)) as Job).spec.template.spec.containers[0]!.env).to.deep.equal(env)
  })
})
