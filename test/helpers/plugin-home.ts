/** A home of its own for a test's plugins: made, linked as a user links them, and taken away. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { type CliOptions, type CliResult, runCli } from './cli.js'

export interface PluginSource {
  name: string
  hooks: Record<string, string>
  /** File name to its text. */
  files: Record<string, string>
  /** Further keys of package.json. */
  more?: Record<string, unknown>
}

export interface PluginHome {
  folder: string
  /** Writes the package and links it with `plugins link`. */
  link(source: PluginSource): Promise<string>
  /** Links several at once, as `plugins link` leaves them. */
  linkAll(sources: PluginSource[]): Promise<void>
  run(args: string[], options?: CliOptions): Promise<CliResult>
  remove(): Promise<void>
}

/** A plugin whose every hook is one of these files. */
export async function writePlugin(parent: string, { name, hooks, files, more = {} }: PluginSource): Promise<string> {
  const folder = path.join(parent, name.replace('/', '-'))
  await mkdir(folder, { recursive: true })
  const { oclif = {}, ...rest } = more as { oclif?: object }
  const pjson = { name, version: '1.0.0', type: 'module', ...rest, oclif: { ...oclif, hooks } }
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(pjson))
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
  }
  return folder
}

export async function pluginHome(): Promise<PluginHome> {
  const folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-plugins-'))
  const env = {
    HOME: folder,
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
  }
  const run: PluginHome['run'] = (args, options = {}) =>
    runCli(args, { cwd: folder, ...options, env: { ...env, ...options.env } })
  return {
    folder,
    run,
    link: async (source) => {
      const plugin = await writePlugin(folder, source)
      const { code, stderr } = await run(['plugins', 'link', '--no-install', plugin])
      if (code !== 0) throw new Error(`plugins link: ${code}: ${stderr}`)
      return plugin
    },
    linkAll: async (sources) => {
      const folders = await Promise.all(sources.map((source) => writePlugin(folder, source)))
      const plugins = sources.map(({ name }, index) => ({ name, root: folders[index], type: 'link' }))
      const pjson = { private: true, dependencies: {}, oclif: { schema: 1, plugins } }
      await mkdir(path.join(folder, 'data', 'arbk8s'), { recursive: true })
      await writeFile(path.join(folder, 'data', 'arbk8s', 'package.json'), JSON.stringify(pjson))
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
