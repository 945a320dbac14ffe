/** The embedded sandbox as commands use it: one of their own for their duration, or the one that runs in the folder. */
import { statSync } from 'node:fs'
import path from 'node:path'

import type { ClusterProvider } from '@arbk8s/plugin-kit'
import type { Config } from '@oclif/core'

import { ArbError, messageOf } from '../base/errors.js'
import { makeFolder, reasonOf } from '../base/files.js'
import { loadClusterProvider, pluginContext } from '../plugins/load.js'

export interface SandboxOptions {
  config: Config
  directory: string
  /** Image name to the folder that stands for its files. */
  imageRoots: Record<string, string>
  namespaces: string[]
  signal: AbortSignal
}

export interface SandboxUse {
  kubeconfig: string
  notice: string
  /** True for one that ends with the command, and with it every Job in it. */
  own: boolean
  stop(): Promise<void>
}

/** The provider of the sandbox; an error where the plugin is not there. */
export async function sandboxProvider(config: Config, signal: AbortSignal): Promise<ClusterProvider> {
  return loadClusterProvider(config, 'sandbox', pluginContext({ signal }))
}

/** A sandbox for the duration of a command: the one that already runs in the folder, else a new one in this process. */
export async function useSandbox({
  config,
  directory,
  imageRoots,
  namespaces,
  signal,
}: SandboxOptions): Promise<SandboxUse> {
  const provider = await sandboxProvider(config, signal)
  const folder = await sandboxFolder(directory)
  const running = await provider.status({ directory: folder })
  if (running.running && running.kubeconfig) {
    return {
      kubeconfig: running.kubeconfig,
      notice: `using the sandbox that runs at ${running.server}`,
      own: false,
      stop: async () => undefined,
    }
  }
  try {
    return { ...(await provider.run({ directory: folder, imageRoots, namespaces })), own: true }
  } catch (error) {
    throw new ArbError({
      code: 'ARB_SANDBOX',
      message: `the sandbox could not be started: ${messageOf(error)}`,
      cause: error,
    })
  }
}

/** The sandbox's folder, absolute and made where it is missing; containers' files in it are this user's alone. */
export async function sandboxFolder(directory: string): Promise<string> {
  const folder = path.resolve(directory)
  await makeFolder(folder, 0o700).catch((error: unknown) => {
    throw new ArbError({
      code: 'ARB_SANDBOX',
      message: `${folder}: cannot be used as the sandbox's folder: ${reasonOf(error)}`,
      hints: ['Name another with --sandbox-dir DIR.'],
      cause: error,
    })
  })
  return folder
}

/** `IMAGE=FOLDER` pairs of the flag over those of the settings, folders absolute. */
export function imageRootsOf(
  flag: string[] | undefined,
  settings: Record<string, unknown> | undefined,
  settingsFolder: string,
): Record<string, string> {
  const roots: Record<string, string> = {}
  for (const [image, folder] of Object.entries(settings ?? {}))
    roots[image] = path.resolve(settingsFolder, String(folder))
  for (const pair of flag ?? []) {
    const at = pair.indexOf('=')
    if (at < 1) throw new ArbError({ code: 'ARB_USAGE', message: `--sandbox-image: "${pair}" is not IMAGE=FOLDER` })
    roots[pair.slice(0, at)] = path.resolve(pair.slice(at + 1))
  }
  for (const [image, folder] of Object.entries(roots)) requireImageFolder(image, folder)
  return roots
}

function requireImageFolder(image: string, folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `the folder of the sandbox image ${image} is not there: ${folder}`,
    hints: [
      'Name a folder that stands for the image’s files: --sandbox-image IMAGE=DIR, or sandbox_images in arbk8s.yaml.',
    ],
  })
}
