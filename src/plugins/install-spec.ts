/**
 * What `plugins install` is told, as a form that npm and oclif both read right. oclif takes every path for a GitHub
 * repository, looks for `file:./x` in a folder of its own, and registers the wrong package for a second folder or a second
 * http tarball: paths are made absolute here, and what it would get wrong is refused at once.
 */
import { stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

import { ArbError } from '../base/errors.js'

/** Names of ours: taken as @arbk8s/plugin-NAME alone, never as a stranger's package of that bare name. */
const ourNames = new Set(['slack', 'webhook', 'email', 'jsonl', 's3', 'sandbox', 'kit'])

/** The spec in a form that is safe to hand on; throws where there is none. `cwd` is where relative paths start. */
export async function installSpec(given: string, cwd: string): Promise<string> {
  const local = localPath(given, cwd)
  if (local !== undefined) return `file:${await tarball(given, local)}`
  if (/^https?:\/\//i.test(given) && !/\.git(#.*)?$/i.test(given)) throw remote(given)
  const [name = '', tag] = given.split('@')
  if (ourNames.has(name)) return `@arbk8s/plugin-${name}${tag === undefined ? '' : `@${tag}`}`
  if (given.includes('/') && !given.startsWith('@') && (await there(path.resolve(cwd, given))))
    return `file:${await tarball(given, path.resolve(cwd, given))}`
  return given
}

function localPath(given: string, cwd: string): string | undefined {
  if (given.startsWith('file://')) return fileURLToPath(given)
  if (given.startsWith('file:')) return path.resolve(cwd, given.slice('file:'.length))
  if (given.startsWith('~/')) return path.join(homedir(), given.slice(2))
  const path_ = /^(\.{1,2}(\/|$)|\/)/.test(given) || (/\.(tgz|tar\.gz)$/i.test(given) && !given.includes('://'))
  return path_ ? path.resolve(cwd, given) : undefined
}

async function tarball(given: string, file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  if (!found) throw refused(`${given}: there is no such file: ${file}`, [])
  if (found.isDirectory()) {
    throw refused(`${given} is a folder`, [
      `To try a plugin that is being written: arbk8s plugins link ${file}`,
      `To install it: npm pack in that folder, then arbk8s plugins install FILE.tgz`,
    ])
  }
  if (!/\.(tgz|tar\.gz)$/i.test(file)) throw refused(`${given} is no packed package: its name must end with .tgz`, [])
  return file
}

function remote(given: string): ArbError {
  const shown = given.replace(/^(https?:\/\/)[^/]*@/i, '$1').replace(/[?#].*$/, '')
  return refused(`${shown}: a package at an address is not installed from there`, [
    'Download it and install the file: arbk8s plugins install ./FILE.tgz',
    'Or name it and its registry: ARBK8S_NPM_REGISTRY=URL arbk8s plugins install NAME',
  ])
}

function refused(message: string, hints: string[]): ArbError {
  return new ArbError({ code: 'ARB_USAGE', message, hints })
}

async function there(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
