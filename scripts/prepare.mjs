/** What every first command needs: the dependencies of the lockfile and a build, each only where it is missing or old. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Runs a program with the terminal's own output; ends this process with its code where it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (result.error) console.error(`${command}: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

/** npm, whichever way this process was started. */
export function npm(args) {
  const cli = process.env.npm_execpath
  if (cli && existsSync(cli)) run(process.execPath, [cli, ...args])
  else run('npm', args)
}

/** Installs what the lockfile names, unless node_modules is as new as the lockfile. */
export function install() {
  const stamp = path.join(root, 'node_modules', '.package-lock.json')
  if (existsSync(stamp) && statSync(stamp).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs) return
  console.error('Installing dependencies …')
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

/** Builds, unless the built manifest is newer than every source file. */
export function build() {
  const built = path.join(root, 'dist', '.built')
  const sources = ['src', 'plugins', 'scripts', 'package.json', 'package-lock.json'].map((name) =>
    path.join(root, name),
  )
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources.map(newest))) return
  console.error('Building …')
  npm(['run', '--silent', 'build'])
}

function newest(file) {
  const status = statSync(file)
  if (!status.isDirectory()) return status.mtimeMs
  const inside = readdirSync(file).filter((name) => name !== 'dist' && name !== 'node_modules')
  return Math.max(0, ...inside.map((name) => newest(path.join(file, name))))
}
