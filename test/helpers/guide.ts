/** Types the `console` blocks of a guide into one shell, in order, and compares what they show with what is printed. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { cliEnv, repoRoot } from './cli.js'

/** The clone's folder as guides show it. */
export const shownRoot = '/home/you/arbk8s'

export interface Typed {
  command: string
  /** What the guide shows below the command. */
  shown: string
  /** What the command printed, on both streams, with the folder as guides show it. */
  printed: string
}

const blockPattern = /```console\n([^]*?)```/g
const separator = '\u001e'

/** The commands of the guide with the output that it shows for each. */
export function commandsOf(guide: string): { command: string; shown: string }[] {
  return [...guide.matchAll(blockPattern)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const end = text.indexOf('\n')
        return { command: text.slice(0, end), shown: text.slice(end + 1) }
      }),
  )
}

/** Runs a guide's commands in a folder `tour` beside `examples`, with `arbk8s` on the PATH. */
export async function typeGuide(guide: string): Promise<Typed[]> {
  const root = await mkdtemp(path.join(tmpdir(), 'arbk8s-guide-'))
  try {
    const cwd = path.join(root, 'tour')
    const bin = path.join(root, 'bin')
    await Promise.all([mkdir(cwd), mkdir(bin)])
    await symlink(path.join(repoRoot, 'examples'), path.join(root, 'examples'))
    const cli = path.join(bin, 'arbk8s')
    await writeFile(cli, `#!/bin/sh\nexec "${process.execPath}" "${path.join(repoRoot, 'bin', 'run.js')}" "$@"\n`)
    await chmod(cli, 0o755)
    const commands = commandsOf(guide)
    // One shell for all, so that a variable that is set stays set.
    const lines = commands.map(({ command }) => `{ ${command}\n} 2>&1\nprintf '${separator}'`)
    const script = `trap 'arbk8s sandbox stop >/dev/null 2>&1' EXIT\n${lines.join('\n')}\n`
    const env = cliEnv(root, { PATH: `${bin}:${path.dirname(process.execPath)}:${process.env.PATH}` })
    const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd, env, timeout: 240_000 })
    const outputs = stdout.replaceAll(root, shownRoot).split(separator)
    return commands.map((entry, index) => ({ ...entry, printed: outputs[index] ?? '' }))
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** The guide with what was printed in place of what it showed. */
export function withOutputs(guide: string, typed: Typed[]): string {
  const rest = [...typed]
  return guide.replaceAll(blockPattern, (_whole, block: string) => {
    const count = block.split(/^\$ /m).length - 1
    const text = rest.splice(0, count).map(({ command, printed }) => `$ ${command}\n${printed}`)
    return `\`\`\`console\n${text.join('')}\`\`\``
  })
}

const changing: [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  [/\(pid \d+\)/g, '(pid PID)'],
  [/(worker-\d+(?:-\d+)?[-/])[bcdfghjklmnpqrstvwxz2456789]{5}(?![a-z0-9])/g, '$1POD'],
  [/\((?:\d+(?:ms|m|s))+\)/g, '(DURATION)'],
  [/\| \d+ ms/g, '| … ms'],
  [/it was sent \S+ ago/g, 'it was sent … ago'],
  [/\b(incident) [0-9a-f]{12}\b/gi, '$1 ID'],
  [/^(Incident: )[0-9a-f]{12}$/gm, '$1ID'],
  [/\d+ events/g, 'N events'],
  // How Jobs' ends fall together, and what had ended before anybody looked.
  [/^ +\d+ of \d+ Jobs have ended\n/gm, ''],
  [/^TIME (?:\S+ (?:PENDING|RUNNING|SUCCEEDED)|\d+\/\d+ done).*\n/gm, ''],
]

/** What stays the same from run to run. */
export function lasting(text: string): string {
  return changing.reduce((result, [pattern, instead]) => result.replaceAll(pattern, instead), text)
}

/** A page of docs/guides. */
export function guideFile(name: string): string {
  return path.join(repoRoot, 'docs', 'guides', name)
}

export async function readGuide(name: string): Promise<string> {
  return readFile(guideFile(name), 'utf8')
}
