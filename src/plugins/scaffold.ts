/** A team's own plugin: a complete package, copied from a template that is tested as it stands. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { ArbError } from '../base/errors.js'
import { reasonOf } from '../base/files.js'

/** What a new package is to be. */
export interface ScaffoldOptions {
  kind: 'notifier' | 'store'
  /** The channel's name or the location's scheme. */
  name: string
  packageName: string
  /** Absolute; must not exist, or be empty. */
  folder: string
}

/** What was written. */
export interface NewPlugin {
  kind: 'notifier' | 'store'
  name: string
  package: string
  folder: string
  files: string[]
}

/** The word of the templates that stands for the name. */
const placeholder = 'template-name'
const templates = path.join(path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url)))), 'templates')

/** Throws where the name could not be used: it becomes part of file names, of hooks and of locations. */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && name.length <= 40) return
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `"${name}" cannot be the name of a plugin`,
    hints: ['Use lower-case letters, digits and single dashes, beginning with a letter, at most 40: team-pager'],
  })
}

/** Throws where npm would not take the name of the package. */
export function checkPackageName(name: string): void {
  if (/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/.test(name) && name.length <= 214) return
  throw new ArbError({
    code: 'ARB_USAGE',
    message: `"${name}" cannot be the name of a package`,
    hints: ['Write @your-team/plugin-NAME or arbk8s-plugin-NAME.'],
  })
}

/** Writes the package; throws where the folder is in use. */
export async function scaffold(options: ScaffoldOptions): Promise<NewPlugin> {
  const { kind, name, packageName, folder } = options
  await takeFolder(folder)
  const source = path.join(templates, kind)
  const files = ['package.json', 'tsconfig.json', 'README.md', 'gitignore', `src/${kind}.ts`, `src/${kind}.test.ts`]
  for (const file of files) {
    const text = await readFile(path.join(source, file), 'utf8')
    const target = path.join(folder, targetOf(file))
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, filled(text, options), { flag: 'wx' })
  }
  return { kind, name, package: packageName, folder, files: files.map(targetOf) }
}

/** npm leaves files named .gitignore out of packages. */
function targetOf(file: string): string {
  return file === 'gitignore' ? '.gitignore' : file
}

function filled(text: string, { name, packageName }: ScaffoldOptions): string {
  const packed = packageName.replace(/^@/, '').replace('/', '-')
  return text
    .replaceAll(`arbk8s-plugin-${placeholder}-0.1.0.tgz`, `${packed}-0.1.0.tgz`)
    .replaceAll(`arbk8s-plugin-${placeholder}`, packageName)
    .replaceAll(placeholder, name)
    .replaceAll(placeholder.toUpperCase().replaceAll('-', '_'), name.toUpperCase().replaceAll('-', '_'))
}

async function takeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    if ((await readdir(folder)).length === 0) return
  } catch (error) {
    throw new ArbError({
      code: 'ARB_OUTPUT_UNWRITABLE',
      message: `${folder}: cannot be made: ${reasonOf(error)}`,
      hints: ['Name another folder with --dir.'],
      cause: error,
    })
  }
  throw new ArbError({
    code: 'ARB_OUTPUT_UNWRITABLE',
    message: `${folder}: the folder is in use; nothing was written`,
    hints: ['Name another folder with --dir.'],
  })
}
