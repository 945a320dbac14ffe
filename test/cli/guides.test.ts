/** The guides show what their commands print. With ARBK8S_UPDATE_GUIDES=1 what is printed is written into them instead. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

import { expect } from 'chai'
import { parse } from 'yaml'

import { errorCatalogue } from '../../src/base/errors.js'
import { cliEnv, repoRoot } from '../helpers/cli.js'
import { guideFile, lasting, readGuide, typeGuide, withOutputs } from '../helpers/guide.js'

interface Manifest {
  commands: Record<string, { flags: Record<string, { char?: string; aliases?: string[] }> }>
}

/** Each `arbk8s …` that somebody would type, up to the next command of the line. */
function usesIn(block: string, language: string): string[] {
  const typed = ['sh', 'yaml', 'crontab'].includes(language) ? block : block.replaceAll(/^[^$].*$/gm, '')
  return [...typed.matchAll(/(?:^|[\s({;])arbk8s ([a-z][^|;&)\n]*)/gm)].map(([, use = '']) => use.trim())
}

/** What is wrong with it, or undefined. */
function problemOf(use: string, { commands }: Manifest): string | undefined {
  const words = use.split(/\s+/)
  const command = commands[`${words[0]}:${words[1]}`] ?? commands[words[0]!]
  if (!command) return 'there is no such command'
  const known = Object.entries(command.flags).flatMap(([flag, { char, aliases = [] }]) => [
    ...[flag, `no-${flag}`, ...aliases].map((each) => `--${each}`),
    ...(char ? [`-${char}`] : []),
  ])
  const unknown = words.filter((word) => /^--?[a-z]/.test(word) && !known.includes(word.replace(/=.*/, '')))
  return unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : undefined
}

describe('guides', function () {
  this.timeout(300_000)

  for (const { name, least } of [
    { name: 'getting-started.md', least: 15 },
    { name: 'alerts.md', least: 8 },
    { name: 'secrets.md', least: 3 },
  ])
    it(`${name} shows what its commands print, typed in order`, async () => {
      const guide = await readGuide(name)
      const typed = await typeGuide(guide)
      if (process.env.ARBK8S_UPDATE_GUIDES) {
        await writeFile(guideFile(name), withOutputs(guide, typed))
        return
      }
      expect(typed).to.have.length.above(least)
      for (const { command, printed, shown } of typed) expect(lasting(printed), command).to.equal(lasting(shown))
    })

  it('link to pages that are there', async () => {
    const folder = path.join(repoRoot, 'docs', 'guides')
    for (const name of await readdir(folder)) {
      const text = await readFile(path.join(folder, name), 'utf8')
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g))
        expect(await readFile(path.join(folder, target)).catch(() => undefined), `${name} → ${target}`).to.not.equal(
          undefined,
        )
    }
  })

  it('name commands, flags and error codes that there are, and YAML that parses', async () => {
    const manifest = JSON.parse(await readFile(path.join(repoRoot, 'oclif.manifest.json'), 'utf8')) as Manifest
    const folder = path.join(repoRoot, 'docs', 'guides')
    for (const name of await readdir(folder)) {
      const text = (await readFile(path.join(folder, name), 'utf8')).replaceAll('\\\n', ' ')
      for (const [, code = ''] of text.matchAll(/\b(ARB_[A-Z_]+)\b/g)) expect(errorCatalogue).to.have.property(code)
      for (const [, yaml = ''] of text.matchAll(/```yaml\n([^]*?)```/g)) parse(yaml)
      for (const [, language = '', block = ''] of text.matchAll(/```(\w*)\n([^]*?)```/g))
        for (const use of usesIn(block, language))
          expect(problemOf(use, manifest), `${name}: ${use}`).to.equal(undefined)
    }
  })

  it('have a crontab line that is silent while all is well, and otherwise says how it ended', async () => {
    const line = /^\*\/5 \* \* \* \* +(.*)$/m.exec(await readGuide('cron-and-ci.md'))?.[1] ?? ''
    const root = await mkdtemp(path.join(tmpdir(), 'arbk8s-cron-'))
    try {
      await writeFile(
        path.join(root, 'arbk8s.yaml'),
        'namespace: default\nselector: session_id=none\nhistory_file: history.jsonl\n',
      )
      await writeFile(
        path.join(root, 'arbk8s'),
        `#!/bin/sh\nexec "${process.execPath}" "${repoRoot}/bin/run.js" "$@"\n`,
        {
          mode: 0o755,
        },
      )
      const cron = (env: Record<string, string>) =>
        promisify(execFile)('/bin/sh', ['-c', line.replace('/srv/tuning', root)], {
          env: cliEnv(root, { PATH: `${root}:${process.env.PATH}`, ...env }),
        })
      expect(await cron({ ARBK8S_SANDBOX: '1' })).to.deep.equal({ stdout: '', stderr: '' })
      expect(await readFile(path.join(root, 'last-run.txt'), 'utf8')).to.include('Recorded')
      const { stdout } = await cron({})
      expect(stdout)
        .to.match(/^exit 3\n/)
        .and.include('ARB_KUBECONFIG_NOT_FOUND')
    } finally {
      await rm(root, { recursive: true })
    }
  })

  it('show the manifests of examples/cluster as they are', async () => {
    const text = await readGuide('real-cluster.md')
    for (const [, name = '', shown = ''] of text.matchAll(/<!-- (examples\/cluster\/\S+) -->\n```yaml\n([^]*?)```/g))
      expect(await readFile(path.join(repoRoot, name), 'utf8'), name).to.include(shown)
  })
})
