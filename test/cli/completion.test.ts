import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { withFlagsAnywhere } from '../../src/cli/hooks/completion.js'
import { cliEnv, repoRoot, runCli } from '../helpers/cli.js'

const functions = path.join('cache', 'arbk8s', 'autocomplete', 'functions')

describe('shell completion', function () {
  this.timeout(60_000)
  let home: string
  let env: Record<string, string>
  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'arbk8s-completion-'))
    const bin = path.join(home, 'arbk8s')
    await writeFile(bin, `#!/bin/sh\nexec "${process.execPath}" "${path.join(repoRoot, 'bin', 'run.js')}" "$@"\n`)
    await chmod(bin, 0o755)
    env = { ...cliEnv(home), PATH: `${home}:${process.env.PATH}` }
    for (const shell of ['bash', 'zsh']) {
      const made = await runCli(['autocomplete', shell], { env })
      expect(made.code, made.stderr).to.equal(0)
      expect(made.stdout).to.include('autocomplete')
    }
  })
  after(() => rm(home, { recursive: true, force: true }))

  /** What bash offers behind these words; the last one is being typed. */
  function completed(...words: string[]): string[] {
    const script = [
      `source ${path.join(home, functions, 'bash', 'arbk8s.bash')}`,
      'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}',
      '_arbk8s_autocomplete "$1" "${COMP_WORDS[COMP_CWORD]}"',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ].join('\n')
    const run = spawnSync('bash', ['-c', script, 'bash', 'arbk8s', ...words], { env, encoding: 'utf8' })
    expect(run.stderr).to.equal('')
    return [...new Set(run.stdout.split('\n').filter(Boolean))].sort()
  }

  it('in bash offers topics, commands and flags', () => {
    expect(completed('')).to.include.members(['jobs', 'health', 'history', 'alerts', 'pipeline', 'init', 'doctor'])
    expect(completed('jo')).to.deep.equal(['jobs'])
    expect(completed('jobs', '')).to.deep.equal(['apply', 'gen', 'logs', 'validate', 'watch'])
    expect(completed('jobs', 'g')).to.deep.equal(['gen'])
    expect(completed('jobs', 'gen', '--k8')).to.deep.equal(['--k8s-config'])
    expect(completed('doctor', '--cont')).to.deep.equal(['--context'])
  })

  it('in bash offers flags behind other flags, and file names for their values', () => {
    expect(completed('jobs', 'gen', '--k8s-config', 'k8s.yaml', '--output-d')).to.deep.equal(['--output-dir'])
    expect(completed('pipeline', 'run', '-n', 'tuning', '--wait', '--enable')).to.deep.equal([
      '--enable-alerts',
      '--enable-apply',
    ])
    const how = spawnSync('bash', [
      '-c',
      `source ${path.join(home, functions, 'bash', 'arbk8s.bash')}; complete -p arbk8s`,
    ])
    expect(how.stdout.toString()).to.include('-o default')
  })

  it('is set up by the line that autocomplete prints', () => {
    const script = 'eval "$(arbk8s autocomplete script bash)"; complete -p arbk8s'
    const run = spawnSync('bash', ['-c', script], { env, encoding: 'utf8' })
    expect(run.stdout, run.stderr).to.include('_arbk8s_autocomplete arbk8s')
  })

  it('mending the bash script twice is as once, and an unknown script stays as it is', async () => {
    const script = await readFile(path.join(home, functions, 'bash', 'arbk8s.bash'), 'utf8')
    expect(script.match(/%%:-\*/g)).to.have.length(1)
    expect(withFlagsAnywhere(script)).to.equal(script)
    expect(withFlagsAnywhere('echo other')).to.equal('echo other')
  })

  it('in zsh offers commands and flags', function () {
    if (spawnSync('zsh', ['--version']).status !== 0) {
      console.warn('      SKIPPED: there is no zsh')
      return this.skip()
    }
    const script = `
      zmodload zsh/zpty
      zpty z zsh -f -i
      zpty -w z "PS1='ready> '; unsetopt beep; fpath=(${path.join(home, functions, 'zsh')} \\$fpath); autoload -U compinit; compinit -u -D; echo set''up"
      zpty -r z out '*setup*'
      zpty -n -w z $'arbk8s jobs gen --k8s-config k8s.yaml --output-d\\t'
      zpty -r z out '*output-dir*'; print -r -- $out
      zpty -n -w z $'\\x15arbk8s pipeli\\t'
      zpty -r z out '*pipeline*'; print -r -- $out
      zpty -d z`
    const run = spawnSync('zsh', ['-f', '-c', script], {
      env: { ...env, TERM: 'dumb' },
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(run.status, run.stderr).to.equal(0)
    expect(run.stdout)
      .to.include('--output-dir')
      .and.to.match(/arbk8s pipeline/)
  })
})
