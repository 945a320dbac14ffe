import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { realpathSync } from 'node:fs'

import { Args, Flags } from '@oclif/core'

import { ArbError, exitCodes } from '../../base/errors.js'
import { maskDeep } from '../../base/mask-deep.js'
import { BaseCommand } from '../../cli/base-command.js'
import { openHistory } from '../../cli/history.js'
import { masker } from '../../cli/masker.js'
import { copyText, copyView } from '../../cli/render/history-store.js'
import type { HistoryCopyResult } from '../../cli/results.js'
import { copyHistory, type CopyOptions } from '../../history/copy.js'
import { storeScheme } from '../../plugins/load.js'

/** How often a long copy says how far it is, ms. */
const progressEveryMs = 1000

export default class HistoryCopy extends BaseCommand {
  static override summary = 'Copy the records of one history to another, and prove that they are there.'
  static override description =
    'Copies what TO does not have yet, told by content, so it can be run again after an interruption or when FROM has ' +
    'grown. Then TO is read again, and counts and digests are compared. Damaged entries are named and not copied (exit ' +
    'code 1). Without --no-dry-run it only looks and counts. FROM is never changed.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> history.jsonl s3://bucket/prefix',
    '<%= config.bin %> <%= command.id %> history.jsonl s3://bucket/prefix --no-dry-run',
  ]
  static override args = {
    from: Args.string({ required: true, description: 'a file, or a location such as s3://bucket/prefix' }),
    to: Args.string({ required: true, description: 'a file, or a location such as s3://bucket/prefix' }),
  }
  static override flags = {
    'dry-run': Flags.boolean({
      allowNo: true,
      default: true,
      description: 'only say what would be copied (the default)',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(HistoryCopy)
    if (placeOf(args.from) === placeOf(args.to)) throw samePlace(args.from)
    const open = async (location: string): ReturnType<typeof openHistory> => {
      const store = await openHistory(this.config, location, this.signal, this.setting('stores'))
      this.atEnd(async () => store.close?.())
      return store
    }
    const result = await copyHistory({
      from: await open(args.from),
      to: await open(args.to),
      dryRun: flags['dry-run'],
      // What is stored is masked: compared is what is stored.
      transform: (record) => maskDeep(record, masker.mask),
      onProgress: this.progress(),
      signal: this.signal,
    })
    const view = copyView({ ...args, dryRun: flags['dry-run'] }, result)
    await this.finish<HistoryCopyResult>({
      result: view,
      text: copyText(view),
      exitCode: result.damage.count > 0 ? exitCodes.findings : exitCodes.ok,
    })
  }

  protected override afterInterruption(): string[] {
    return ['The same command goes on: it copies only what is not there yet.']
  }

  private progress(): NonNullable<CopyOptions['onProgress']> {
    let next = performance.now() + progressEveryMs
    return (step, entries) => {
      if (performance.now() < next) return
      next = performance.now() + progressEveryMs
      void this.note(`${step}: ${entries} entries`)
    }
  }
}

/** The same for two names of one place. */
function placeOf(location: string): string {
  if (storeScheme(location) !== 'jsonl') return location.replace(/\/+$/, '')
  const file = path.resolve(location.replace(/^(?:jsonl|file):\/\//, ''))
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

function samePlace(from: string): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: `FROM and TO are the same history: ${from}`,
    hints: ['Name another file or location as TO.'],
  })
}
