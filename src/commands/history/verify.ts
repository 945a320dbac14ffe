import { Flags } from '@oclif/core'

import { exitCodes } from '../../base/errors.js'
import { BaseCommand } from '../../cli/base-command.js'
import { historyFlags } from '../../cli/flags.js'
import { screenOf } from '../../cli/health.js'
import { historyLocation, openHistory } from '../../cli/history.js'
import { verifyText, verifyView } from '../../cli/render/history-store.js'
import type { HistoryVerifyResult } from '../../cli/results.js'
import { verifyHistory } from '../../history/verify.js'

export default class HistoryVerify extends BaseCommand {
  static override summary = 'Look at every record of a history: is it readable, unchanged and in its place?'
  static override description =
    'Where the history keeps a chain of hashes ("stores: {jsonl: {chain: true}}" in arbk8s.yaml), any line that was ' +
    'changed, removed, moved or put in is named. A cut-off end shows only against a head that an earlier run printed and ' +
    'that was kept elsewhere. Exit codes: 0 whole, 1 problems, 3 could not be looked at.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl',
    '<%= config.bin %> <%= command.id %> --history-file history.jsonl --head "$(cat head.txt)"',
  ]
  static override flags = {
    ...historyFlags,
    head: Flags.string({
      description: 'a head that an earlier run printed: it must still be in the chain',
      helpValue: 'HASH',
      parse: async (input) => input.trim().toLowerCase(),
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(HistoryVerify)
    const location = historyLocation(flags, this.sources)
    const store = await openHistory(this.config, location, this.signal, this.setting('stores'))
    this.atEnd(async () => store.close?.())
    const view = verifyView(location, await verifyHistory(store, flags.head === undefined ? {} : { head: flags.head }))
    this.signal.throwIfAborted()
    await this.finish<HistoryVerifyResult>({
      result: view,
      text: verifyText(view, screenOf().palette),
      exitCode: view.problems.length > 0 ? exitCodes.findings : exitCodes.ok,
    })
  }
}
