/** Settings of channels and stores with their secrets in place, each made known to the masker before anything is done with it. */
import path from 'node:path'

import { ArbError } from '../base/errors.js'
import { expandSettings, ExpansionError, type SettingPath } from '../config/expand.js'
import { placeOfSetting, settingLine } from '../config/setting-place.js'
import { masker } from './masker.js'
import { readSecretFile } from './secret-file.js'

/**
 * A mapping of a settings file with `${NAME}` and `KEY_file` replaced; `name`, e.g. `channels.ops`, is said where it comes
 * from elsewhere. Throws ARB_SECRET_MISSING, which names file, line and variable.
 */
export async function withSecrets(settings: Record<string, unknown>, name: string): Promise<Record<string, unknown>> {
  const place = placeOfSetting(settings)
  const folder = place ? path.dirname(place.file) : process.cwd()
  try {
    const expanded = await expandSettings(settings, {
      env: process.env,
      readSecret: (file) => readSecretFile(path.resolve(folder, file)),
    })
    for (const secret of expanded.secrets) masker.add(secret)
    return expanded.settings
  } catch (error) {
    if (!(error instanceof ExpansionError)) throw error
    throw missing(error, name, await where(settings, error.path))
  }
}

async function where(settings: object, inner: SettingPath): Promise<{ file: string; line: number | null } | undefined> {
  const place = placeOfSetting(settings)
  if (!place) return undefined
  return { file: place.file, line: (await settingLine({ file: place.file, path: [...place.path, ...inner] })) ?? null }
}

function missing(
  { path: inner, message, hint }: ExpansionError,
  name: string,
  at: { file: string; line: number | null } | undefined,
): ArbError {
  const prefix = at ? `${at.file}:${at.line === null ? '' : `${at.line}:`} ` : ''
  const key = [name, ...inner].join('.')
  return new ArbError({
    code: 'ARB_SECRET_MISSING',
    message: `${prefix}${key}: ${message}`,
    hints: [hint],
    details: { key, ...at },
  })
}
