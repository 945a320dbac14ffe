import { exitCodes } from '../base/errors.js'
import { clusterFlags, historyFlags } from '../cli/flags.js'
import { ClusterCommand } from '../cli/cluster-command.js'
import {
  checkChannels,
  checkCluster,
  checkNode,
  checkPlugins,
  checkRights,
  checkStore,
  failed,
  type Check,
} from '../cli/doctor.js'
import { doctorText, type DoctorView, type SettingLine } from '../cli/render/doctor.js'
import { Flags } from '@oclif/core'

export default class Doctor extends ClusterCommand {
  static override summary =
    'Check node, kubeconfig, rights, plugins, history and channels, and show where each setting comes from.'
  static override description = 'It reads only, and sends nothing. Exit 0 when nothing fails, 1 when something does.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --context staging -n tuning --json',
  ]
  static override flags = {
    ...clusterFlags,
    ...historyFlags,
    selector: Flags.string({
      char: 'l',
      aliases: ['label-selector'],
      env: 'ARBK8S_SELECTOR',
      description: 'label selector',
      helpValue: 'SELECTOR',
    }),
    'channel-type': Flags.string({
      multiple: true,
      env: 'ARBK8S_CHANNEL_TYPE',
      description: 'alert channels to check',
      helpValue: 'NAME',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    const checks: Check[] = [
      checkNode(process.versions.node),
      ...(await this.clusterChecks(flags)),
      ...(await checkPlugins(this.config, this.signal)),
      await checkStore(this.config, flags.history ?? flags['history-file'], this.signal),
      ...(await checkChannels(this.config, flags['channel-type'] ?? [], this.signal)),
    ]
    const result: DoctorView = {
      ok: checks.every(({ status }) => status !== 'fail'),
      checks,
      settings: this.settingLines(flags),
    }
    await this.finish({ result, text: doctorText(result), exitCode: result.ok ? exitCodes.ok : exitCodes.findings })
  }

  private async clusterChecks(flags: Parameters<ClusterCommand['openCluster']>[0]): Promise<Check[]> {
    try {
      const { reader, namespace } = await this.openCluster(flags)
      const cluster = await checkCluster(reader)
      return cluster.some(({ status }) => status === 'fail')
        ? cluster
        : [...cluster, ...(await checkRights(reader, namespace))]
    } catch (error) {
      return [failed('kubeconfig', error)]
    }
  }

  private settingLines(flags: Record<string, unknown>): SettingLine[] {
    return Object.entries(this.sources)
      .filter(([name]) => !['json', 'output', 'no-color'].includes(name))
      .map(([name, source]) => ({
        name,
        value: flags[name] === undefined ? null : String(flags[name]),
        from: source.from,
        file: 'file' in source ? source.file : null,
      }))
  }
}
