import { Flags } from '@oclif/core'

import { exitCodes } from '../../base/errors.js'
import { requireWritable } from '../../base/files.js'
import { BaseCommand } from '../../cli/base-command.js'
import { ciSafe } from '../../cli/render/ci-safe.js'
import type { JobsValidateResult } from '../../cli/results.js'
import { masker } from '../../cli/masker.js'
import { writeResult } from '../../cli/output-file.js'

export default class JobsValidate extends BaseCommand {
  static override summary = 'Validate manifests offline and show what they would run.'
  static override description =
    'Three levels: the YAML, the Kubernetes schema of the chosen version, and the details. No network is touched. ' +
    'Exit code 0: all valid. 1: one or more are not. 3: there is nothing to validate, or it cannot be read.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --jobs-dir out',
    '<%= config.bin %> <%= command.id %> --jobs-dir out --strict --kube-version 1.31 --output-plan plan.txt',
    'kubectl get job my-job -o yaml | <%= config.bin %> <%= command.id %> -f -',
  ]
  static override flags = {
    'jobs-dir': Flags.string({
      env: 'ARBK8S_JOBS_DIR',
      description: 'folder (or file) with the manifests; - is stdin',
      helpValue: 'DIR',
    }),
    filename: Flags.string({
      char: 'f',
      multiple: true,
      description: 'files or folders with manifests; - is stdin',
      helpValue: 'FILE',
    }),
    recursive: Flags.boolean({ char: 'R', description: 'also the folders within folders' }),
    strict: Flags.boolean({ description: 'count warnings as errors' }),
    'kube-version': Flags.string({
      env: 'ARBK8S_KUBE_VERSION',
      description: 'Kubernetes version to validate against (default: the newest known)',
      helpValue: 'VERSION',
    }),
    format: Flags.string({ options: ['text', 'json'], description: 'json is the same as --json' }),
    'output-plan': Flags.string({ description: 'write the plan as text to this file too', helpValue: 'FILE' }),
  }

  override jsonEnabled(): boolean {
    const end = this.argv.indexOf('--')
    const own = end === -1 ? this.argv : this.argv.slice(0, end)
    const asked = own.some((token, at) => token === '--format=json' || (token === '--format' && own[at + 1] === 'json'))
    return asked || super.jsonEnabled()
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(JobsValidate)
    const plan = flags['output-plan']
    if (plan) await requireWritable(plan)
    const [{ noManifestIn, readSources }, { validateManifests }, { planText }, { validationToWire }] =
      await Promise.all([
        import('../../manifests/read.js'),
        import('../../manifests/validate.js'),
        import('../../manifests/plan-text.js'),
        import('../../manifests/wire.js'),
      ])
    const paths = flags.filename ?? [this.need<string>(flags, 'jobs-dir', 'name the manifests to validate')]
    const sources = readSources({
      paths,
      recursive: flags.recursive,
      stdin: process.stdin,
      signal: this.signal,
      onSecret: masker.add,
    })
    const validation = await validateManifests(sources, {
      strict: flags.strict,
      kubeVersion: flags['kube-version'],
      signal: this.signal,
    })
    if (validation.summary.total === 0) throw noManifestIn(paths)
    const text = planText(validation)
    if (plan) await writeResult(plan, `${text}\n`)
    await this.finish<JobsValidateResult>({
      result: validationToWire(validation),
      text: ciSafe(text, process.env),
      exitCode: validation.summary.invalid ? exitCodes.findings : exitCodes.ok,
    })
  }
}
