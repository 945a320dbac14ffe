/** What an installation came to, read back from what is on the disk. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import type { Config } from '@oclif/core'

import { ArbError, isArbError, messageOf } from '../base/errors.js'
import { isProviderEvent } from '../plugins/providers.js'

export interface InstalledPlugin {
  name: string
  version: string
  /** Such as `notifier:slack`. */
  provides: string[]
}

interface PackageJson {
  name: string
  version?: string
  dependencies?: Record<string, string>
  oclif?: { hooks?: Record<string, unknown>; plugins?: ({ name: string } | string)[] }
}

/** Names of the plugins that the user has, with where each came from. */
export async function pluginNames(config: Config): Promise<Record<string, string>> {
  return (await readPackage(config.dataDir))?.dependencies ?? {}
}

/** The plugins that a spec has brought: those that are new or come from elsewhere than before, or the one it names. */
export async function installed(
  config: Config,
  spec: string,
  before: Record<string, string>,
): Promise<InstalledPlugin[]> {
  const mine = await readPackage(config.dataDir)
  const now = mine?.dependencies ?? {}
  const wanted = spec.startsWith('file:') ? path.basename(spec) : spec.replace(/(?<!^)@.*$/, '')
  const names = Object.keys(now).filter(
    (name) =>
      now[name] !== before[name] ||
      name === wanted ||
      name.endsWith(`/plugin-${wanted}`) ||
      fromFile(now[name]!, wanted),
  )
  const listed = (mine?.oclif?.plugins ?? []).map((entry) => (typeof entry === 'string' ? entry : entry.name))
  const lost = names.find((name) => now[name] !== before[name] && !listed.includes(name))
  if (lost !== undefined) throw sameFileName(spec, lost)
  const packages = await Promise.all(names.map((name) => readPackage(path.join(config.dataDir, 'node_modules', name))))
  return packages.flatMap((found) =>
    found
      ? [
          {
            name: found.name,
            version: found.version ?? '',
            provides: Object.keys(found.oclif?.hooks ?? {}).filter(isProviderEvent),
          },
        ]
      : [],
  )
}

/** oclif tells packed files apart by their names alone. */
function sameFileName(spec: string, name: string): ArbError {
  return new ArbError({
    code: 'ARB_PLUGIN_INSTALL',
    message: `${spec}: ${name} is not installed: another plugin came from a file of the same name`,
    hints: ['Rename the file and install it again.'],
    details: { spec, package: name },
  })
}

function fromFile(source: string, wanted: string): boolean {
  return source.startsWith('file:') && path.basename(source) === wanted
}

async function readPackage(folder: string): Promise<PackageJson | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as PackageJson
  } catch {
    return undefined
  }
}

/** oclif's words for what npm could not do, with what to look at. */
export function installFailure(spec: string, error: unknown): ArbError {
  if (isArbError(error)) return error
  const message = messageOf(error)
  const unknown = /does not exist in the registry/.test(message)
  const said = unknown
    ? 'the registry does not have it, or does not answer'
    : message.replace(/^.*npm-cli\.js.*exited with code/, 'npm ended with code')
  return new ArbError({
    code: 'ARB_PLUGIN_INSTALL',
    message: `${spec.replace(/:\/\/[^/]*@/, '://')}: not installed: ${said}`,
    hints: [
      'Is the name right, and does the registry answer? npm ping; ARBK8S_NPM_REGISTRY names another one.',
      'With --verbose npm says more. Without a network: arbk8s plugins install FILE.tgz',
    ],
    details: { spec },
    cause: error,
  })
}
