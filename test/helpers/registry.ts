/** A package registry on loopback with packages of ours published to it. */
import { execFile, fork } from 'node:child_process'
import { access, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { repoRoot } from './cli.js'

const run = promisify(execFile)
const home = path.join(repoRoot, 'test', 'plugins', 'registry')

export interface Registry {
  url: string
  /** A folder to work in, removed with the registry. */
  folder: string
  /** What npm needs in its environment to use it and nothing of the developer's own. */
  env: Record<string, string>
  /** Publishes a package's folder, under another version where one is given. */
  publish(source: string, version?: string): Promise<void>
  close(): Promise<void>
}

/** Starts it; its own packages are installed on first use. */
export async function startRegistry(): Promise<Registry> {
  await installOnce()
  const folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-registry-'))
  const upstream = (await run('npm', ['config', 'get', 'registry'])).stdout.trim()
  const child = fork(path.join(home, 'server.mjs'), [folder, upstream], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let errors = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const port = await new Promise<number>((resolve, reject) => {
    child.on('message', (message: { port: number }) => resolve(message.port))
    child.on('exit', (code) => reject(new Error(`the registry ended with ${code}: ${errors}`)))
  })
  const url = `http://127.0.0.1:${port}/`
  const npmrc = path.join(folder, 'npmrc')
  await writeFile(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=test\nfund=false\naudit=false\n`)
  const env = { npm_config_userconfig: npmrc, npm_config_registry: url, npm_config_update_notifier: 'false' }
  return {
    url,
    folder,
    env,
    publish: async (source, version) => {
      const given = version === undefined ? source : await versioned(source, version, folder)
      await run('npm', ['publish', '--ignore-scripts', '--loglevel=error'], {
        cwd: given,
        env: { ...process.env, ...env },
      })
    },
    close: async () => {
      const ended = new Promise((resolve) => child.on('exit', resolve))
      child.disconnect()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function installOnce(): Promise<void> {
  const stamp = path.join(home, 'node_modules', '.package-lock.json')
  const there = await access(stamp).then(
    () => true,
    () => false,
  )
  if (!there) await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { cwd: home })
}

/** A copy of a package's published files with another version. */
async function versioned(source: string, version: string, folder: string): Promise<string> {
  const copy = path.join(folder, `${path.basename(source)}-${version}`)
  await mkdir(copy, { recursive: true })
  await cp(path.join(source, 'dist'), path.join(copy, 'dist'), { recursive: true })
  const pjson = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as object
  await writeFile(path.join(copy, 'package.json'), JSON.stringify({ ...pjson, version }))
  return copy
}
