import { Flags } from '@oclif/core'

import { exitCodes } from '../../base/errors.js'
import { BaseCommand } from '../../cli/base-command.js'
import { masker } from '../../cli/masker.js'
import { generateText, generateView } from '../../cli/render/generate.js'
import type { JobsGenResult } from '../../cli/results.js'

export default class JobsGen extends BaseCommand {
  static override summary = "Make a session's Job manifests from its config."
  static override description =
    'The same config gives the same bytes. With --check nothing is written. ' +
    'Exit code 0: done. 1: --check, and the folder differs. 3: the config cannot be used, or the folder cannot be written.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --k8s-config k8s.yaml --output-dir out',
    '<%= config.bin %> <%= command.id %> --k8s-config k8s.yaml --orchestrator-config session.yaml --output-dir out --prune',
    '<%= config.bin %> <%= command.id %> --k8s-config k8s.yaml --output-dir out --check',
  ]
  static override flags = {
    'k8s-config': Flags.string({ env: 'ARBK8S_K8S_CONFIG', description: 'the session’s config', helpValue: 'FILE' }),
    'orchestrator-config': Flags.string({
      env: 'ARBK8S_ORCHESTRATOR_CONFIG',
      description:
        'a config whose total_iterations and workers override the other’s, and that fills what it leaves out',
      helpValue: 'FILE',
    }),
    'output-dir': Flags.string({
      env: 'ARBK8S_OUTPUT_DIR',
      description: 'folder for the manifests; made where it is missing',
      helpValue: 'DIR',
    }),
    check: Flags.boolean({ description: 'write nothing; exit 1 where the folder differs from the config' }),
    prune: Flags.boolean({
      description: 'remove manifests of this session that it no longer has a Job for',
      exclusive: ['check'],
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(JobsGen)
    const files = {
      k8sConfig: this.need<string>(flags, 'k8s-config'),
      outputDir: this.need<string>(flags, 'output-dir'),
    }
    const { generateFiles } = await import('../../manifests/generate-files.js')
    const generated = await generateFiles({
      ...files,
      orchestratorConfig: flags['orchestrator-config'],
      check: flags.check,
      prune: flags.prune,
      now: () => new Date(),
      signal: this.signal,
      onSecret: masker.add,
    })
    const result = generateView(generated)
    if (!this.jsonEnabled()) for (const warning of result.warnings) await this.caution(warning)
    const differs = result.check && result.differs
    await this.finish<JobsGenResult>({
      result,
      text: generateText(result),
      exitCode: differs ? exitCodes.findings : exitCodes.ok,
    })
  }
}
