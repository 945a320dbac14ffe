/** One way to look at work that could not be done: in text and as JSON, with one code, one message and no stack. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { runCli, type CliOptions, type CliResult } from './cli.js'

/** What a refusal says. */
export interface Refusal {
  /** The code of the catalogue, e.g. ARB_USAGE. */
  error: string
  /** Each must stand in the message or the hints. */
  says: (string | RegExp)[]
  /** The exit code; default 3. */
  code?: number
}

/** Runs the command in both modes and expects the refusal from both. */
export async function expectRefusal(args: string[], refusal: Refusal, options: CliOptions = {}): Promise<void> {
  const [text, json] = await Promise.all([runCli(args, options), runCli([...args, '--json'], options)])
  const code = refusal.code ?? 3
  expect([text.code, json.code], `${args.join(' ')}\n${text.stderr}${json.stdout}`).to.deep.equal([code, code])
  expectNoStack(text)
  expectNoStack(json)
  expect(text.stdout, 'stdout of text mode').to.equal('')
  expect(text.stderr.match(/^Error: /gm), text.stderr).to.have.length(1)
  expect(text.stderr).to.include(`(${refusal.error})`)
  const { error } = JSON.parse(json.stdout) as { error: { code: string; message: string; hints: string[] } }
  expect(error.code).to.equal(refusal.error)
  for (const said of refusal.says)
    for (const shown of [text.stderr, [error.message, ...error.hints].join('\n')])
      if (typeof said === 'string') expect(shown).to.include(said)
      else expect(shown).to.match(said)
}

/** No stack trace and no name of a file of Node or ours in what was printed. */
export function expectNoStack({ stdout, stderr }: CliResult): void {
  expect(stdout + stderr).to.not.match(/^\s+at .+[:)]\d*|node:internal|file:\/\/|ARB_INTERNAL/m)
}

/** A temporary folder that also an unprivileged user may enter. */
export async function openFolder(name: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), `arbk8s-${name}-`))
  await chmod(folder, 0o755)
  return folder
}

/** A small session's config; `more` is YAML that follows, and keys in `without` are left out. */
export function sessionYaml(more = '', without: string[] = []): string {
  const lines = [
    'session_id: d29-demo',
    'k8s_namespace: tuning',
    'image: busybox:1.35',
    'mode: paper',
    'env: docker',
    'total_iterations: 6',
    'workers: 2',
    'optimizer: grid',
    'config_path: configs/x.json',
    'command: [sh, -c]',
    'args: ["echo from {{worker_id}}"]',
    'resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 100m, memory: 64Mi}}',
  ].filter((line) => !without.some((key) => line.startsWith(`${key}:`)))
  return [...lines, more, ''].join('\n')
}

/** A folder with `k8s.yaml` and the session's manifests in `jobs/`. */
export async function sessionFolder(name: string, more = '', without: string[] = []): Promise<string> {
  const folder = await openFolder(name)
  await writeFile(path.join(folder, 'k8s.yaml'), sessionYaml(more, without))
  const made = await runCli(['jobs', 'gen', '--k8s-config', 'k8s.yaml', '--output-dir', 'jobs'], { cwd: folder })
  expect(made.code, made.stderr).to.equal(0)
  return folder
}

/** A sandbox in the background, with the kubeconfig that leads to it. */
export async function startSandbox(
  folder: string,
  namespaces: string[],
): Promise<{ kubeconfig: string; stop(): Promise<void> }> {
  const directory = ['--sandbox-dir', path.join(folder, 'sandbox')]
  const started = await runCli(['sandbox', 'start', ...directory, ...namespaces.flatMap((name) => ['-n', name])])
  expect(started.code, started.stderr).to.equal(0)
  return {
    kubeconfig: path.join(folder, 'sandbox', 'kubeconfig.yaml'),
    stop: async () => {
      await runCli(['sandbox', 'stop', ...directory])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
