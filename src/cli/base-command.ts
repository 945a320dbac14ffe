/**
 * What every command shares: settings files below flags and variables, `--json` and `-o json`, signals, one way to
 * finish and one way to fail, with the same exit code in both modes.
 */
import path from 'node:path'

import { Command, Flags, type Interfaces } from '@oclif/core'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { plainSecrets } from '../config/expand.js'
import { loadSettings, settingKeys, settingOf, settingsUnion, type SettingsFile } from '../config/settings.js'
import { asksForJson } from './json-flag.js'
import { masker } from './masker.js'
import { writeErr, writeOut } from './output.js'
import { printError } from './print-error.js'
import { listenForSignals, type Interruption } from './signals.js'
import { nameVariable } from './usage-error.js'

/** A command's result in both forms, and its exit code (default 0). */
export interface Finished<R> {
  /** What --json prints: one object. */
  result: R
  text: string
  exitCode?: number
}

/** Where a flag's value came from, for `doctor`. */
export type ValueSource =
  { from: 'flag' | 'variable' | 'default' | 'unset' } | { from: 'project' | 'user'; file: string }

/** The parts of oclif's flag definitions that are used here. */
interface FlagDefinition {
  type: 'boolean' | 'option'
  char?: string
  env?: string
  aliases?: string[]
  multiple?: boolean
  parse: (input: string, context: never, options: never) => Promise<unknown>
}

type Parsed = Interfaces.ParserOutput<
  Interfaces.OutputFlags<Interfaces.FlagInput>,
  Interfaces.OutputFlags<Interfaces.FlagInput>,
  Interfaces.OutputArgs<Interfaces.ArgInput>
>

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true
  static override baseFlags = {
    output: Flags.string({
      char: 'o',
      options: ['text', 'json'],
      description: 'json is the same as --json',
      helpGroup: 'GLOBAL',
    }),
    'no-color': Flags.boolean({ description: 'no colours (also NO_COLOR=1)', helpGroup: 'GLOBAL' }),
  }

  private interruption: Interruption | undefined
  private cleanups: (() => Promise<void>)[] = []
  protected settingsFiles: SettingsFile[] = []
  protected sources: Record<string, ValueSource> = {}

  /** Aborts at SIGINT or SIGTERM, with the error to end with as its reason. */
  protected get signal(): AbortSignal {
    this.interruption ??= listenForSignals()
    return this.interruption.signal
  }

  override async init(): Promise<void> {
    await super.init()
    if (this.argv.includes('--no-color')) process.env.NO_COLOR = '1'
    this.settingsFiles = await loadSettings({ cwd: process.cwd(), configDir: this.config.configDir })
    // Routes and silences hold no secrets, but labels, each under `key`.
    for (const { values } of this.settingsFiles)
      for (const secret of plainSecrets({ ...values, routes: null, silences: null }, process.env)) masker.add(secret)
  }

  override jsonEnabled(): boolean {
    return super.jsonEnabled() || (this.ctor.enableJsonFlag && this.ownsJsonOutputFlag() && asksForJson(this.argv))
  }

  /** False where a command's own --output means something else, such as a file. */
  private ownsJsonOutputFlag(): boolean {
    const options = (this.ctor.flags?.output as { options?: readonly string[] } | undefined)?.options
    return !this.ctor.flags?.output || (options?.includes('json') ?? false)
  }

  /** oclif's parse, then the settings files for every flag that neither the command line nor a variable gave. */
  protected override async parse<
    F extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    B extends Interfaces.OutputFlags<Interfaces.FlagInput>,
    A extends Interfaces.OutputArgs<Interfaces.ArgInput>,
  >(options?: Interfaces.Input<F, B, A>, argv?: string[]): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse<F, B, A>(options, argv).catch((error: unknown) => {
      nameVariable(error, this.argv, this.definitions())
      throw error
    })
    await this.fillFromSettings(parsed as unknown as Parsed)
    return parsed
  }

  private async fillFromSettings(parsed: Parsed): Promise<void> {
    for (const [name, definition] of Object.entries(this.definitions())) {
      const source = givenSource(parsed, name, definition)
      const setting = source.from === 'default' || source.from === 'unset' ? this.settingFor(name) : undefined
      this.sources[name] = setting ? { from: setting.file.scope, file: setting.file.file } : source
      if (setting)
        parsed.flags[name] = await this.convert(name, setting.value, definition).catch((error: unknown) => {
          throw badSetting(setting.file.file, name, error)
        })
      // oclif gives a variable's text as it is also to a flag that takes several values.
      if (source.from === 'variable' && definition.multiple) parsed.flags[name] = listOf(parsed.flags[name])
    }
  }

  private definitions(): Record<string, FlagDefinition> {
    return { ...this.ctor.baseFlags, ...this.ctor.flags } as unknown as Record<string, FlagDefinition>
  }

  private settingFor(flag: string): { value: unknown; file: SettingsFile } | undefined {
    const key = settingKeys.find((entry) => entry.flag === flag)
    return key && settingOf(this.settingsFiles, key.key)
  }

  /** A setting goes through the flag's own parser, so that both are checked and read alike. */
  private async convert(name: string, value: unknown, definition: FlagDefinition): Promise<unknown> {
    const one = async (entry: unknown): Promise<unknown> =>
      definition.type === 'option'
        ? definition.parse(String(entry), this as never, { ...definition, name } as never)
        : entry
    const multiple = definition.type === 'option' && definition.multiple
    if (multiple) return Promise.all((Array.isArray(value) ? value : [value]).map(one))
    return one(Array.isArray(value) ? value[0] : value)
  }

  /** The entries of a list setting in all settings files together, e.g. `protected_contexts`. */
  protected settingUnion(key: string): string[] {
    return settingsUnion(this.settingsFiles, key)
  }

  /** A setting that has no flag, e.g. `sandbox_images`. */
  protected setting<T>(key: string): T | undefined {
    return settingOf(this.settingsFiles, key)?.value as T | undefined
  }

  /** The settings file that a setting stands in. */
  protected settingFile(key: string): string | undefined {
    return settingOf(this.settingsFiles, key)?.file.file
  }

  /** The folder of the settings file that a setting stands in; relative paths within it start there. */
  protected settingFolder(key: string): string {
    const file = this.settingFile(key)
    return file === undefined ? process.cwd() : path.dirname(file)
  }

  /** The flag's value, or a usage error that names the flag, the variable and the settings key. */
  protected need<T>(flags: Record<string, unknown>, name: string, why = ''): T {
    const value = flags[name]
    if (value !== undefined && value !== '') return value as T
    const key = settingKeys.find((entry) => entry.flag === name)?.key
    throw new ArbError({
      code: 'ARB_USAGE',
      message: `--${name} is missing${why && `: ${why}`}`,
      hints: [
        `Give --${name}, set ARBK8S_${name.toUpperCase().replaceAll('-', '_')}${key ? `, or write "${key}:" into arbk8s.yaml` : ''}.`,
      ],
    })
  }

  /** Prints the result in the mode asked for and sets the exit code. The last thing that `run` does. */
  protected async finish<R extends object>({ result, text, exitCode = 0 }: Finished<R>): Promise<void> {
    await writeOut(this.jsonEnabled() ? JSON.stringify(result, null, 2) : text)
    process.exitCode ||= exitCode
  }

  /** One line of talk on stderr; nothing that a script would read. */
  protected async note(message: string): Promise<void> {
    await writeErr(message)
  }

  /** Something the user should know that does not change the result. */
  protected async caution(message: string): Promise<void> {
    await writeErr(`Warning: ${message}`)
  }

  /** Runs when the command is over, however it ended; the last one added runs first. */
  protected atEnd(cleanup: () => Promise<void>): void {
    this.cleanups.unshift(cleanup)
  }

  /** What an interrupted command says it leaves behind, and how to go on. */
  protected afterInterruption(): string[] {
    return ['The same command can be run again.']
  }

  override async catch(error: unknown): Promise<void> {
    if ((error as { code?: string }).code === 'EEXIT') throw error
    const reason: unknown = this.interruption?.signal.aborted ? this.interruption.signal.reason : error
    if (this.interruption?.signal.aborted && isArbError(reason)) reason.hints.push(...this.afterInterruption())
    await printError(reason, { json: this.jsonEnabled() })
  }

  override async finally(): Promise<void> {
    for (const cleanup of this.cleanups)
      await cleanup().catch((error: unknown) => writeErr(`Warning: ${String(error)}`))
    this.interruption?.dispose()
  }
}

/** `a, b` in a variable is what `--flag a --flag b` is on a command line. */
function listOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const entries = value.split(',').map((entry) => entry.trim())
  return entries.filter((entry) => entry !== '')
}

/** A value in a settings file that its flag does not take: the file and the key are named, not a flag that nobody gave. */
function badSetting(file: string, flag: string, error: unknown): ArbError {
  const key = settingKeys.find((entry) => entry.flag === flag)?.key ?? flag
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${file}: "${key}": ${messageOf(error).replace(`--${flag}: `, '')}`,
    hints: isArbError(error) ? error.hints : [],
    details: { file, key },
    cause: error,
  })
}

function givenSource(parsed: Parsed, name: string, definition: FlagDefinition): ValueSource {
  if (parsed.raw.some((token) => token.type === 'flag' && token.flag === name)) return { from: 'flag' }
  if (definition.env && process.env[definition.env] !== undefined && parsed.flags[name] !== undefined)
    return { from: 'variable' }
  return { from: parsed.flags[name] === undefined ? 'unset' : 'default' }
}
