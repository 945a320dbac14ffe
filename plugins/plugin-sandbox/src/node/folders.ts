/** A container's own folder: fresh for every run, filled with links into its image's folder, kept afterwards. */
import { mkdir, readdir, rename, stat, symlink } from 'node:fs/promises'
import path from 'node:path'

export interface FolderOptions {
  /** The sandbox's directory. */
  directory: string
  namespace: string
  pod: string
  container: string
  /** The folder that stands for the image's file system, if one is known. */
  imageRoot?: string
  attempt: number
}

/** `DIRECTORY/NAMESPACE/POD/CONTAINER`. */
export function folderOf({
  directory,
  namespace,
  pod,
  container,
}: Omit<FolderOptions, 'attempt' | 'imageRoot'>): string {
  return path.join(directory, namespace, pod, container)
}

/**
 * Makes the folder. One that an earlier run left is kept under the run's number (`main.0`); names of containers have no
 * dot, so the two cannot meet.
 */
export async function makeFolder(options: FolderOptions): Promise<string> {
  const folder = folderOf(options)
  await mkdir(path.dirname(folder), { recursive: true })
  if (await exists(folder)) await rename(folder, await freeName(`${folder}.${Math.max(0, options.attempt - 1)}`))
  await mkdir(folder)
  await mkdir(path.join(folder, '.tmp'))
  if (options.imageRoot) await linkEntries(path.resolve(options.imageRoot), folder)
  return folder
}

/**
 * Links rather than copies: an image may be large. A process that writes into a folder of its image therefore writes
 * into the image's folder; new folders, such as `outputs/`, are its own.
 */
async function linkEntries(root: string, folder: string): Promise<void> {
  for (const entry of await readdir(root)) {
    if (entry !== '.tmp') await symlink(path.join(root, entry), path.join(folder, entry))
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

async function freeName(wanted: string): Promise<string> {
  let name = wanted
  for (let at = 1; await exists(name); at++) name = `${wanted}-${at}`
  return name
}
