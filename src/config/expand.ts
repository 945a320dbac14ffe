/**
 * Secrets of a channel's or store's settings put in their places: `${NAME}` within a text is that variable, and `KEY_file`
 * becomes `KEY` with the file's content. Pure but for what it is given to read with.
 */
import { isRecord } from '../base/json.js'
import { looksSecretSetting } from '../base/secrets.js'

/** Where a value stands within the settings: keys, and numbers in lists. */
export type SettingPath = readonly (string | number)[]

/** What secrets are taken from. */
export interface SecretSources {
  env: Record<string, string | undefined>
  /** The content of a file whose path is given as it stands in the settings; rejects with the reason in one line. */
  readSecret: (file: string) => Promise<string>
}

/** Settings with everything in place. */
export interface ExpandedSettings {
  settings: Record<string, unknown>
  /** Every value that came from a variable or a file, or stands under a key that names a secret. */
  secrets: string[]
}

/** A value that could not be put in place. */
export class ExpansionError extends Error {
  /** `message` does not say the path again. */
  constructor(
    readonly path: SettingPath,
    message: string,
    readonly hint: string,
  ) {
    super(message)
  }
}

/** These name a file that is used as a file, and hold nothing secret. */
const plainFileKeys = new Set(['ca_file'])
const reference = /\$(?:\$|\{([^}]*)\}?)/g

/** Throws ExpansionError for a variable that is not set, a file that cannot be read, and a key that is given twice. */
export async function expandSettings(
  settings: Record<string, unknown>,
  sources: SecretSources,
): Promise<ExpandedSettings> {
  const secrets = new Set<string>()
  const expanded = await expandMap(settings, { sources, secrets, path: [] })
  return { settings: expanded, secrets: [...secrets] }
}

interface Context {
  sources: SecretSources
  secrets: Set<string>
  path: SettingPath
}

async function expandMap(map: Record<string, unknown>, context: Context): Promise<Record<string, unknown>> {
  const out: Record<string, unknown> = {}
  const put = (key: string, value: unknown): void => {
    // So that `__proto__` is a key like any other.
    Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true })
  }
  for (const [key, value] of Object.entries(map)) {
    const inner: Context = { ...context, path: [...context.path, key] }
    const target = fileTarget(key)
    if (target === undefined) put(key, await expandValue(value, inner))
    else if (Object.hasOwn(map, target))
      throw new ExpansionError(inner.path, `"${target}" and "${key}" are both given`, 'Leave one of them out.')
    else put(target, await readInto(value, inner))
  }
  return out
}

/** `password` for `password_file`. */
function fileTarget(key: string): string | undefined {
  const name = /^(.+)_file$/i.exec(key)?.[1]
  return plainFileKeys.has(key.toLowerCase()) ? undefined : name
}

async function readInto(value: unknown, { sources, secrets, path }: Context): Promise<string> {
  if (typeof value !== 'string' || value === '')
    throw new ExpansionError(path, 'it must be the path of a file', 'Write the path as text.')
  const file = substituted(value, { sources, secrets: new Set(), path })
  const secret = await sources.readSecret(file).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExpansionError(path, `${file}: ${reason}`, 'Name a file that holds the value alone.')
  })
  secrets.add(secret)
  return secret
}

async function expandValue(value: unknown, context: Context): Promise<unknown> {
  if (typeof value === 'string') return expandText(value, context)
  if (Array.isArray(value))
    return Promise.all(value.map((entry, at) => expandValue(entry, { ...context, path: [...context.path, at] })))
  if (isRecord(value)) return expandMap(value, context)
  if (typeof value === 'number' && isSecretKey(context.path)) context.secrets.add(String(value))
  return value
}

function expandText(text: string, context: Context): string {
  const value = substituted(text, context)
  if (isSecretKey(context.path)) context.secrets.add(value)
  return value
}

function substituted(text: string, { sources, secrets, path }: Context): string {
  return text.replace(reference, (whole: string, name: string | undefined) => {
    if (whole === '$$') return '$'
    if (name === undefined || !whole.endsWith('}') || !/^[A-Za-z_]\w*$/.test(name))
      throw new ExpansionError(
        path,
        'after "${" the name of a variable and "}" must follow',
        'Write $$ for a dollar sign.',
      )
    const value = sources.env[name]
    if (value === undefined || value === '')
      throw new ExpansionError(
        path,
        `the variable ${name} is ${value === '' ? 'empty' : 'not set'}`,
        `Set ${name}, or write $\${${name}} where the text itself is meant.`,
      )
    secrets.add(value)
    return value
  })
}

/**
 * The secrets of settings that can be known without reading a file: what stands under a key that names one, and the
 * variables that are referred to. For whoever shows something before the settings are used.
 */
export function plainSecrets(value: unknown, env: SecretSources['env'], path: SettingPath = []): string[] {
  if (typeof value === 'string') {
    const variables = [...value.matchAll(reference)].map(([, name = '']) => env[name] ?? '')
    // A text that refers to variables is no secret as it stands.
    return isSecretKey(path) && variables.length === 0 ? [value] : variables.filter((each) => each !== '')
  }
  if (typeof value === 'number') return isSecretKey(path) ? [String(value)] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    plainSecrets(inner, env, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

/** Whether the key of a value, or that of the list it stands in, names a secret. */
function isSecretKey(path: SettingPath): boolean {
  const key = path.findLast((part) => typeof part === 'string')
  return typeof key === 'string' && looksSecretSetting(key)
}
