import { expect } from 'chai'
import { stringify } from 'yaml'

import { planText } from '../../../src/manifests/plan-text.js'
import { ruleCatalogue } from '../../../src/manifests/rules/catalogue.js'
import { validateManifests, type ValidateOptions } from '../../../src/manifests/validate.js'
import { jobYaml } from '../../../src/manifests/write.js'
import { generateWith } from '../../helpers/session-config.js'
import { rejection } from '../../helpers/rejection.js'

const good = jobYaml(generateWith({ image: 'registry.example.com/tuner:1.4' }).jobs[0]!.job)
const validate = (text: string, options: ValidateOptions = {}) => validateManifests([{ file: 'a.yaml', text }], options)

/** Rule, line and column of every finding on the good manifest with one text replaced. */
async function findings(from: string | RegExp, to: string, options: ValidateOptions = {}): Promise<string[]> {
  const text = good.replace(from, to)
  expect(text, 'the text to replace').not.to.equal(good)
  const { findings: list } = await validate(text, options)
  return list.map(({ rule, line, column }) => `${line}:${column} ${rule}`)
}

describe('validateManifests', () => {
  it('has nothing to say about a generated Job with a fixed image', async () => {
    const result = await validate(good, { strict: true })
    expect(result.findings).to.deep.equal([])
    expect(result.summary).to.deep.equal({
      files: 1,
      total: 1,
      valid: 1,
      invalid: 0,
      errors: 0,
      warnings: 0,
      namespaces: ['trading-bots'],
    })
    expect(result.requests).to.deep.equal({ cpu: '500m', memory: '512Mi' })
    expect(result.manifests[0]!.job!.metadata.name).to.equal('arb-tuning-d29-k8s--worker-1-0')
  })

  const errors: [string, string | RegExp, string, string[]][] = [
    ['another apiVersion', 'batch/v1', 'batch/v2', ['1:13 schema/api-version']],
    ['another kind', 'kind: Job', 'kind: Pod', ['2:7 schema/kind']],
    ['no name', '  name: arb-tuning-d29-k8s--worker-1-0\n', '', ['3:1 job/name']],
    [
      'a name that is not valid',
      'name: arb-tuning-d29',
      'name: arb-tuning_d29',
      ['4:9 job/name', '4:9 job/name-prefix'],
    ],
    [
      'an unknown field',
      'backoffLimit: 0',
      'backofLimit: 0',
      ['8:1 job/backoff-limit-unset', '9:3 schema/unknown-field'],
    ],
    [
      'an unknown field deep down',
      'restartPolicy',
      'restartPolicie',
      ['13:5 job/restart-policy', '29:7 schema/unknown-field'],
    ],
    ['a negative limit', 'backoffLimit: 0', 'backoffLimit: -1', ['9:17 job/negative']],
    ['a number as text', 'backoffLimit: 0', 'backoffLimit: "0"', ['9:17 schema/type']],
    ['a wrong policy', 'restartPolicy: Never', 'restartPolicy: Always', ['29:22 job/restart-policy']],
    ['args that are no list', /args: \[[^\]]*\]/, 'args: none', ['18:15 schema/type']],
    ['a number in env', 'value: "6379"', 'value: 6379', ['24:37 schema/type']],
    [
      'a boolean of YAML 1.1 in env',
      'value: docker}',
      'value: yes}',
      ['22:34 yaml/ambiguous-scalar', '22:34 schema/type'],
    ],
    ['env without a value', ', value: docker}', '}', ['22:11 job/env']],
    ['a request over its limit', 'cpu: 500m', 'cpu: "2"', ['28:37 job/resources']],
    ['a label that is not valid', 'mode: paper,', 'mode: "a b",', ['6:115 job/label-syntax']],
    ['a key twice', 'backoffLimit: 0', 'backoffLimit: 0\n  backoffLimit: 1', ['10:3 yaml/duplicate-key']],
  ]
  for (const [title, from, to, expected] of errors) {
    it(`finds ${title}`, async () => {
      expect(await findings(from, to)).to.deep.equal(expected)
      const { summary } = await validate(good.replace(from, to))
      expect(summary.invalid).to.equal(1)
    })
  }

  const warnings: [string, string | RegExp, string, string[]][] = [
    ['no namespace', '  namespace: trading-bots\n', '', ['3:1 job/namespace-missing']],
    ['missing labels', 'worker_id: worker-1, component: tuning, ', '', ['6:3 job/label-missing']],
    ['another name', 'name: arb-tuning-d29-k8s', 'name: x-d29-k8s', ['4:9 job/name-prefix']],
    ['an image without a tag', 'tuner:1.4', 'tuner', ['16:16 job/image-tag']],
    ['the tag latest', 'tuner:1.4', 'tuner:latest', ['16:16 job/image-latest']],
    ['no command', '        command: [python]\n', '', ['15:9 job/command-missing']],
    ['no limits', /, limits: [^\n]*/, '}', ['28:20 job/limits-missing']],
    ['no memory request', ', memory: 512Mi', '', ['28:31 job/requests-missing']],
    ['no backoffLimit', '  backoffLimit: 0\n', '', ['8:1 job/backoff-limit-unset']],
  ]
  for (const [title, from, to, expected] of warnings) {
    it(`warns of ${title}, and --strict makes it an error`, async () => {
      expect(await findings(from, to)).to.deep.equal(expected)
      expect((await validate(good.replace(from, to))).summary).to.include({ invalid: 0, warnings: 1 })
      expect((await validate(good.replace(from, to), { strict: true })).summary).to.include({
        invalid: 1,
        errors: 1,
        warnings: 0,
      })
    })
  }

  it('names the field that was meant', async () => {
    const { findings: list } = await validate(good.replace('backoffLimit', 'backofLimit'))
    expect(list.map((finding) => finding.fix)).to.include('Did you mean "backoffLimit"?')
  })

  it('knows which version has a field', async () => {
    const text = good.replace('backoffLimit: 0', 'backoffLimit: 0\n  podFailurePolicy: {rules: []}')
    const [finding] = (await validate(text, { kubeVersion: '1.20' })).findings
    expect(finding).to.include({ rule: 'schema/version', line: 10, path: 'spec.podFailurePolicy' })
    expect(finding!.message).to.include('came with Kubernetes 1.25')
    expect((await validate(text, { kubeVersion: 'v1.31.2' })).findings).to.deep.equal([])
  })

  it('refuses a version without a schema, with the known range', async () => {
    const error = await rejection(validate(good, { kubeVersion: '1.19' }))
    expect(error.code).to.equal('ARB_KUBE_VERSION_UNKNOWN')
    expect(error.hints[0]).to.match(/1\.20 to 1\.\d\d/)
    expect((await rejection(validate(good, { kubeVersion: 'latest' }))).code).to.equal('ARB_KUBE_VERSION_UNKNOWN')
  })

  it('asks an Indexed Job for completions and room in its name', async () => {
    const indexed = (more: string) => findings('backoffLimit: 0', `backoffLimit: 0\n  completionMode: Indexed${more}`)
    expect(await indexed('')).to.deep.equal(['8:1 job/indexed'])
    expect(await indexed('\n  completions: 10')).to.deep.equal([])
    const long = good.replaceAll('arb-tuning-d29-k8s--worker-1-0', `arb-tuning-${'a'.repeat(51)}`)
    const { findings: list } = await validate(
      long.replace('backoffLimit: 0', 'backoffLimit: 0\n  completionMode: Indexed\n  completions: 10'),
    )
    expect(list.map(({ rule }) => rule)).to.deep.equal(['job/indexed'])
  })

  it('finds a name that is used twice, wherever it stands', async () => {
    const sources = [
      { file: 'a.yaml', text: good },
      { file: 'b.yaml', text: `---\n${good}---\n${good.replace('trading-bots', 'other')}` },
    ]
    const { findings: list, summary } = await validateManifests(sources)
    expect(list.map(({ file, line, rule, message }) => [file, line, rule, message])).to.deep.equal([
      ['b.yaml', 5, 'session/duplicate-name', 'the name arb-tuning-d29-k8s--worker-1-0 is already used at a.yaml:4'],
    ])
    expect(summary).to.deep.include({ files: 2, total: 3, invalid: 1, namespaces: ['other', 'trading-bots'] })
  })

  it('says something about anything', async () => {
    for (const text of [
      'x',
      '[1]',
      '3',
      'null',
      '{}',
      'a: b: c',
      'kind: Job',
      'kind: [Job]',
      'kind: Job\nspec: 3',
      'kind: Job\nmetadata: []\nspec: {template: {spec: {containers: {}}}}',
    ]) {
      const { summary, findings: list } = await validate(text)
      expect(summary, text).to.include({ total: 1, invalid: 1 })
      for (const finding of list) expect(finding.line, text).to.be.at.least(1)
    }
  })

  it('survives every single field taken away, emptied or of another type', async () => {
    const job = generateWith({}).jobs[0]!.job as unknown as Record<string, unknown>
    let tried = 0
    const mutate = async (holder: Record<string, unknown>): Promise<void> => {
      for (const key of Object.keys(holder)) {
        const kept = holder[key]
        for (const other of [undefined, null, {}, [], 'x', 3, true, [null], { a: null }]) {
          holder[key] = other
          const result = await validate(stringify(job))
          planText(result)
          tried++
        }
        holder[key] = kept
        if (typeof kept === 'object' && kept !== null) await mutate(kept as Record<string, unknown>)
      }
    }
    await mutate(job)
    expect(tried).to.be.greaterThan(500)
  }).timeout(60_000)

  it('has every rule it uses in the catalogue, once', () => {
    const ids = ruleCatalogue.map((rule) => rule.id)
    expect(new Set(ids).size).to.equal(ids.length)
    for (const rule of ruleCatalogue)
      for (const text of [rule.description, rule.reason, rule.fix]) expect(text).to.match(/\.$/)
  })
})

describe('planText', () => {
  it('has its sections, and per valid Job what it would run', async () => {
    const text = planText(
      await validateManifests([
        { file: 'a.yaml', text: good },
        { file: 'b.yaml', text: good.replace('kind: Job', 'kind: Pod') },
      ]),
    )
    expect(text.match(/^\[.*\]$/gm)).to.deep.equal([
      '[SUMMARY]',
      '[VALID JOBS]',
      '[INVALID JOBS]',
      '[ERRORS]',
      '[JOBS]',
      '[REQUESTS]',
    ])
    for (const line of [
      '  ✓ arb-tuning-d29-k8s--worker-1-0  (a.yaml)',
      '      APP_ENV=docker',
      '      and 1 more',
      '    requests:    cpu=500m, memory=512Mi',
    ])
      expect(text.split('\n')).to.include(line)
    expect(text).to.match(/✗ arb-tuning-d29-k8s--worker-1-0 {2}\(b\.yaml\): 1 error/)
  })

  it('shows no secret and no control character', async () => {
    const text = good
      .replace('name: APP_ENV, value: docker', 'name: DB_PASSWORD, value: CANARY')
      .replace('value: arbitrage-redis', 'value: "redis://user:CANARY@host/0"')
      .replace('--mode, paper', '--api-key, CANARY')
      .replace('--env, docker', '--token=CANARY')
    const plan = planText(await validate(text))
    expect(plan).to.include('DB_PASSWORD=********')
    expect(plan).not.to.include('CANARY')
  })
})
