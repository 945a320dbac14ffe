/** The host for library users: the same oclif Config that the CLI runs on, which knows built-in and installed plugins. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { Config } from '@oclif/core'

/** Loads the package's Config. The user's installed plugins are found where the CLI finds them. */
export async function loadPluginHost(): Promise<Config> {
  return Config.load({ root: path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))) })
}
