/**
 * The project's and the user's settings: the same keys in `arbk8s.yaml` (looked for in the working folder and upwards)
 * and in `$XDG_CONFIG_HOME/arbk8s/config.yaml`. Order of force: flag, ARBK8S_ variable, project file, user file.
 */
import { stat } from 'node:fs/promises'
import path from 'node:path'

import { ArbError, messageOf } from '../base/errors.js'
import { readTextFile, reasonOf } from '../base/files.js'
import { nearest } from '../base/text.js'
import { withoutSource } from '../base/yaml-message.js'
import { alertSettingKeys, structureChecks } from './alerting.js'
import { rememberPlace } from './setting-place.js'
import { type StructurePath, StructureProblem } from './structure.js'

/** What a setting may hold; paths are relative to the file that they stand in. */
export type SettingType = 'string' | 'path' | 'boolean' | 'integer' | 'duration' | 'strings' | 'map' | 'maps'

/** One key of a settings file. */
export interface SettingKey {
  key: string
  type: SettingType
  /** The flag it stands for, where there is one. */
  flag?: string
  description: string
}

/** Every key of a settings file. `docs/reference/settings.md` is made from this table. */
export const settingKeys: readonly SettingKey[] = [
  { key: 'namespace', type: 'string', flag: 'namespace', description: 'the namespace that commands look at' },
  {
    key: 'selector',
    type: 'string',
    flag: 'selector',
    description: 'the label selector of the Jobs that commands look at',
  },
  { key: 'kubeconfig', type: 'path', flag: 'kubeconfig', description: 'the kubeconfig file' },
  { key: 'context', type: 'string', flag: 'context', description: 'the kubeconfig context' },
  {
    key: 'request_timeout',
    type: 'duration',
    flag: 'request-timeout',
    description: 'the longest a single request to the API server may take',
  },
  { key: 'k8s_config', type: 'path', flag: 'k8s-config', description: 'the session config that jobs gen reads' },
  {
    key: 'orchestrator_config',
    type: 'path',
    flag: 'orchestrator-config',
    description: 'the config that overrides parts of the session',
  },
  { key: 'output_dir', type: 'path', flag: 'output-dir', description: 'the folder that jobs gen writes to' },
  { key: 'jobs_dir', type: 'path', flag: 'jobs-dir', description: 'the folder with manifests' },
  {
    key: 'kube_version',
    type: 'string',
    flag: 'kube-version',
    description: 'the Kubernetes version to validate against',
  },
  { key: 'history_file', type: 'path', flag: 'history-file', description: 'the JSONL history file' },
  {
    key: 'history',
    type: 'string',
    flag: 'history',
    description: 'the history location of a store plugin, e.g. s3://bucket/prefix',
  },
  {
    key: 'stores',
    type: 'map',
    description: 'settings of history stores by scheme, e.g. `jsonl: {chain: true, rotate: {size: 64MiB}}`',
  },
  { key: 'channel_type', type: 'strings', flag: 'channel-type', description: 'the alert channels' },
  { key: 'timeout', type: 'duration', flag: 'timeout', description: 'how long to wait for Jobs' },
  ...alertSettingKeys,
  {
    key: 'protected_contexts',
    type: 'strings',
    description:
      'contexts (with * as a wildcard) that need --confirm-context before anything is applied; those of all settings files count together',
  },
  {
    key: 'sandbox_images',
    type: 'map',
    description: "for the sandbox: image name to the folder that stands for the image's files",
  },
  {
    key: 'sandbox_dir',
    type: 'path',
    flag: 'sandbox-dir',
    description: "the folder for the sandbox's containers and logs",
  },
  { key: 'channels', type: 'map', description: 'settings of alert channels by name; `type` names the plugin' },
]

/** A settings file that was read, its values checked. */
export interface SettingsFile {
  file: string
  scope: 'project' | 'user'
  values: Record<string, unknown>
}

/** Where settings files are looked for. */
export interface SettingsPlaces {
  cwd: string
  /** oclif's config folder, `$XDG_CONFIG_HOME/arbk8s` or `~/.config/arbk8s`. */
  configDir: string
}

export const projectFileName = 'arbk8s.yaml'
export const userFileName = 'config.yaml'

/** The settings files that exist, the strongest first. */
export async function loadSettings(places: SettingsPlaces): Promise<SettingsFile[]> {
  const files: SettingsFile[] = []
  const project = await findUpwards(places.cwd, projectFileName)
  if (project) files.push({ file: project, scope: 'project', values: await readSettings(project) })
  const user = path.join(places.configDir, userFileName)
  if (await exists(user)) files.push({ file: user, scope: 'user', values: await readSettings(user) })
  return files
}

/** The value of a key and the file that it stands in, or undefined. */
export function settingOf(files: SettingsFile[], key: string): { value: unknown; file: SettingsFile } | undefined {
  for (const file of files) {
    if (file.values[key] !== undefined) return { value: file.values[key], file }
  }
  return undefined
}

/**
 * A list key's entries over all files, the strongest file's first, each once. For what keeps from harm: a project's file
 * adds to what the user wrote and takes nothing away.
 */
export function settingsUnion(files: SettingsFile[], key: string): string[] {
  return [...new Set(files.flatMap((file) => (file.values[key] as string[] | undefined) ?? []))]
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

async function findUpwards(from: string, name: string): Promise<string | undefined> {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    const file = path.join(folder, name)
    if (await exists(file)) return file
    if (folder === path.dirname(folder)) return undefined
  }
}

async function readSettings(file: string): Promise<Record<string, unknown>> {
  const text = await readTextFile(file).catch((error: unknown) => {
    throw new ArbError({
      code: 'ARB_CONFIG_UNREADABLE',
      message: `${file}: cannot be read: ${reasonOf(error)}`,
      cause: error,
    })
  })
  const { parseDocument, LineCounter, isMap, isScalar } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent', customTags: [] })
  const problem = document.errors[0] ?? document.warnings[0]
  if (problem) throw syntaxAt(file, lines.linePos(problem.pos[0]).line, withoutSource(problem.message))
  if (document.contents === null) return {}
  if (!isMap(document.contents)) throw invalidAt(file, 1, 'the settings must be a mapping of keys to values')
  const values: Record<string, unknown> = {}
  for (const pair of document.contents.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    const line = lines.linePos((pair.key as { range?: number[] }).range?.[0] ?? 0).line
    const lineOf = (inner: StructurePath): number => {
      const parent = document.getIn(inner.slice(0, -1), true)
      const own = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && item.key.value === inner.at(-1))
        : null
      const node = (own?.key ?? document.getIn(inner, true)) as { range?: number[] | null } | undefined
      return node?.range ? lines.linePos(node.range[0]!).line : line
    }
    values[key] = checked({ file, line, lineOf, key, value: toPlain(pair.value, document, file, line) })
    rememberPlace(values[key], { file, path: [key] })
  }
  return values
}

function toPlain(node: unknown, document: unknown, file: string, line: number): unknown {
  try {
    return (
      (node as { toJS?: (doc: unknown, options: object) => unknown } | null)?.toJS?.(document, { maxAliasCount: 50 }) ??
      null
    )
  } catch (error) {
    throw syntaxAt(file, line, withoutSource(messageOf(error)))
  }
}

interface FoundSetting {
  file: string
  line: number
  lineOf: (path: StructurePath) => number
  key: string
  value: unknown
}

function checked({ file, line, lineOf, key, value }: FoundSetting): unknown {
  const known = settingKeys.find((entry) => entry.key === key)
  if (!known) {
    const near = nearest(
      key,
      settingKeys.map((entry) => entry.key),
    )
    throw invalidAt(
      file,
      line,
      `unknown setting "${key}"`,
      near ? [`Did you mean "${near}"?`] : [`Known: ${settingKeys.map((entry) => entry.key).join(', ')}`],
    )
  }
  const result = convert(known.type, value, path.dirname(file))
  if (result === undefined) throw invalidAt(file, line, `"${key}" must be ${typeWords[known.type]}`)
  try {
    const check = structureChecks[key]
    return check ? check(result, (inner) => `${file}:${lineOf(inner)}`) : result
  } catch (error) {
    if (error instanceof StructureProblem) throw invalidAt(file, lineOf(error.path), error.message, error.hints)
    throw error
  }
}

const typeWords: Record<SettingType, string> = {
  string: 'text',
  path: 'a path',
  boolean: 'true or false',
  integer: 'a whole number',
  duration: 'a duration such as 30s or 5m',
  strings: 'text or a list of texts',
  map: 'a mapping',
  maps: 'a list of mappings',
}

const converters: Record<SettingType, (value: unknown, folder: string) => unknown> = {
  string: (value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined),
  path: (value, folder) => (typeof value === 'string' && value !== '' ? path.resolve(folder, value) : undefined),
  boolean: (value) => (typeof value === 'boolean' ? value : undefined),
  integer: (value) => (Number.isSafeInteger(value) ? value : undefined),
  duration: (value) => (typeof value === 'string' ? value : undefined),
  strings: (value) => {
    const list = Array.isArray(value) ? value : [value]
    return list.every((entry) => typeof entry === 'string') ? list : undefined
  },
  map: (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined),
  maps: (value) => (Array.isArray(value) ? value : undefined),
}

function convert(type: SettingType, value: unknown, folder: string): unknown {
  return value === null ? undefined : converters[type](value, folder)
}

function syntaxAt(file: string, line: number, message: string): ArbError {
  return new ArbError({ code: 'ARB_CONFIG_SYNTAX', message: `${file}:${line}: ${message}`, details: { file, line } })
}

function invalidAt(file: string, line: number, message: string, hints: string[] = []): ArbError {
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${file}:${line}: ${message}`,
    hints,
    details: { file, line },
  })
}
