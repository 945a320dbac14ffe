import { Flags } from '@oclif/core'

import { formatDuration } from '../base/duration.js'
import { exitCodes } from '../base/errors.js'
import { count } from '../base/text.js'
import { checkAlerts } from '../cli/alert-checks.js'
import { clusterFlags, historyFlags } from '../cli/flags.js'
import { ClusterCommand } from '../cli/cluster-command.js'
import {
  checkChannels,
  checkCluster,
  checkNamespace,
  checkNode,
  checkPlugins,
  checkRights,
  checkStore,
  failed,
  type Check,
} from '../cli/doctor.js'
import { settingKeys, settingOf, type SettingType } from '../config/settings.js'
import { doctorText, type SettingLine } from '../cli/render/doctor.js'
import type { DoctorResult } from '../cli/results.js'

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
      await checkStore(this.config, flags.history ?? flags['history-file'], this.signal, this.setting('stores')),
      ...(await checkChannels({
        config: this.config,
        names: flags['channel-type'] ?? [],
        named: this.setting('channels'),
        signal: this.signal,
      })),
      ...(await checkAlerts({
        config: this.config,
        location: flags.history ?? flags['history-file'],
        stores: this.setting('stores'),
        silences: this.setting('silences'),
        now: new Date(),
        signal: this.signal,
      })),
    ]
    const result: DoctorResult = {
      ok: checks.every(({ status }) => status !== 'fail'),
      checks,
      settings: this.settingLines(flags),
    }
    await this.finish<DoctorResult>({
      result,
      text: doctorText(result),
      exitCode: result.ok ? exitCodes.ok : exitCodes.findings,
    })
  }

  private async clusterChecks(flags: Parameters<ClusterCommand['openCluster']>[0]): Promise<Check[]> {
    try {
      const { reader, namespace } = await this.openCluster(flags)
      const cluster = await checkCluster(reader)
      return cluster.some(({ status }) => status === 'fail')
        ? cluster
        : [...cluster, ...(await checkNamespace(reader, namespace)), ...(await checkRights(reader, namespace))]
    } catch (error) {
      return [failed('kubeconfig', error)]
    }
  }

  /** Every key of the settings table, whether this command has its flag or not. */
  private settingLines(flags: Record<string, unknown>): SettingLine[] {
    return settingKeys.map(({ key, flag, type }) => {
      const source = flag && this.sources[flag]
      if (source && source.from !== 'unset') {
        return {
          name: key,
          value: shown(flags[flag], type),
          from: source.from,
          file: 'file' in source ? source.file : null,
        }
      }
      const variable = process.env[`ARBK8S_${key.toUpperCase()}`]
      if (variable !== undefined) return { name: key, value: variable, from: 'variable', file: null }
      const found = settingOf(this.settingsFiles, key)
      if (!found) return { name: key, value: null, from: 'unset', file: null }
      return { name: key, value: shown(found.value, type), from: found.file.scope, file: found.file.file }
    })
  }
}

/** A map may hold secrets of channels: only its names are shown. */
function shown(value: unknown, type: SettingType): string {
  if (type === 'duration' && typeof value === 'number') return formatDuration(value)
  if (type === 'map') return Object.keys(value as object).join(', ')
  if (type === 'maps') return count((value as unknown[]).length, 'entry', 'entries')
  return String(value)
}
