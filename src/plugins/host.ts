/** The host for library users: the same oclif Config that the CLI runs on, which knows built-in and installed plugins. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Config } from '@oclif/core'

/** What knows the plugins that are there: oclif's Config of this package. */
export type PluginHost = Config

/** Loads the host. The user's installed plugins are found where the CLI finds them, by the environment of this process. */
export async function loadPluginHost(): Promise<PluginHost> {
  const { Config } = await import('@oclif/core')
  return Config.load({ root: path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))) })
}
