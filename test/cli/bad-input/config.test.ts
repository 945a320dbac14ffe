import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execFileSync } from 'node:child_process'

import { expect } from 'chai'

import { expectRefusal, openFolder, sessionYaml, type Refusal } from '../../helpers/refusal.js'

type Case = [what: string, text: string | Buffer, refusal: Refusal]

const invalid = (...says: Refusal['says']): Refusal => ({ error: 'ARB_CONFIG_INVALID', says: ['t.yaml', ...says] })
const syntax = (...says: Refusal['says']): Refusal => ({ error: 'ARB_CONFIG_SYNTAX', says: ['t.yaml', ...says] })
const unreadable = (...says: Refusal['says']): Refusal => ({
  error: 'ARB_CONFIG_UNREADABLE',
  says: ['t.yaml', ...says],
})
/** A config whose last line, the 12th, is this one. */
const with12 = (line: string): string => sessionYaml(line, [line.split(':')[0]!])
const badId = /session_id: ".*" cannot be used: only A-Z, a-z, 0-9/

const cases: Case[] = [
  ['that is empty', '', invalid('t.yaml:1', 'found nothing', 'arbk8s init')],
  ['that is a list', '- a\n', invalid('t.yaml:1', 'expected a mapping', 'found a list')],
  ['that is not YAML', 'session_id: [a\nworkers: 2\n', syntax(/t\.yaml:\d/, 'not valid YAML')],
  ['that is indented with tabs', '\tsession_id: a\n', syntax('t.yaml:1', 'Indent with spaces')],
  ['with a key twice', sessionYaml('workers: 3'), syntax('t.yaml:13', '"workers"', 'second time', 'after line 7')],
  ['of two documents', 'a: 1\n---\nb: 2\n', syntax('t.yaml:2', 'second document')],
  ['that is not text', Buffer.from([0xff, 0xfe, 0, 0x80, 0xc3, 0x28]), unreadable('not UTF-8')],
  ['of 3 MB', Buffer.alloc(3_000_000, 'a'), unreadable('3000000 bytes')],
  ['with an unknown key', sessionYaml('wokers: 3'), invalid('t.yaml:13', '"wokers"', 'Did you mean "workers"?')],
  ['with text for a number', with12('workers: two'), invalid('t.yaml:12', 'workers: expected a whole number', '"two"')],
  ['with 0 workers', with12('workers: 0'), invalid('t.yaml:12', 'workers: expected a whole number from 1')],
  ['with -1 workers', with12('workers: -1'), invalid('t.yaml:12', 'found the number -1')],
  ['with 1.5 workers', with12('workers: 1.5'), invalid('t.yaml:12', 'found the number 1.5')],
  ['with a number for text', with12('session_id: 123'), invalid('expected text', 'Write it in quotes: "123"')],
  ['with a wrong choice', with12('mode: papre'), invalid('paper, shadow, live', 'Did you mean "paper"?')],
  ['with text for a mapping', with12('resources: 5'), invalid('t.yaml:12', 'expected a mapping')],
  ['with text for a list', with12('args: x'), invalid('t.yaml:12', 'expected a list of texts')],
  ['without a session id', sessionYaml('', ['session_id']), invalid('missing: session_id', 'Add session_id')],
  ['with slashes in the session id', with12('session_id: ../../etc/x'), invalid('t.yaml:12', badId)],
  ['with other scripts in the session id', with12('session_id: 東京-run'), invalid('t.yaml:12', badId)],
  ['with a dash before the session id', with12('session_id: -lead'), invalid('t.yaml:12', badId)],
  ['with a newline in the session id', with12('session_id: "a\\nb"'), invalid('t.yaml:12', badId)],
  [
    'with 300 characters of session id',
    with12(`session_id: ${'a'.repeat(300)}`),
    invalid('300 characters; at most 63'),
  ],
  ['with an empty session id', with12('session_id: ""'), invalid('t.yaml:12', 'must not be empty')],
  ['with a slash in the namespace', with12('k8s_namespace: a/b'), invalid('t.yaml:12', 'k8s_namespace: "a/b"')],
]

describe('a bad session config', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => (folder = await openFolder('config')))
  after(() => rm(folder, { recursive: true, force: true }))

  const gen = (config: string) => ['jobs', 'gen', '--k8s-config', config, '--output-dir', 'out']

  for (const [what, text, refusal] of cases)
    it(`${what} is told with file and line, and nothing is written`, async () => {
      await writeFile(path.join(folder, 't.yaml'), text)
      await expectRefusal(gen('t.yaml'), refusal, { cwd: folder })
      expect(await readdir(folder)).to.not.include('out')
    })

  it('that is not there, a folder or a pipe is told at once', async () => {
    await mkdir(path.join(folder, 'dir'), { recursive: true })
    execFileSync('mkfifo', [path.join(folder, 'pipe')])
    const says = (error: string, ...words: string[]): Refusal => ({ error, says: words })
    await expectRefusal(gen('no.yaml'), says('ARB_CONFIG_NOT_FOUND', 'no.yaml', 'arbk8s init'), { cwd: folder })
    await expectRefusal(gen('dir'), says('ARB_CONFIG_UNREADABLE', 'dir', 'it is a folder'), { cwd: folder })
    await expectRefusal(gen('pipe'), says('ARB_CONFIG_UNREADABLE', 'pipe', 'not a regular file'), { cwd: folder })
  })

  it('with the same fault ends the pipeline’s generate step with 3, and nothing is applied', async () => {
    const { runCliJson } = await import('../../helpers/cli.js')
    await writeFile(path.join(folder, 't.yaml'), sessionYaml('wokers: 3'))
    const args = ['pipeline', 'run', '--k8s-config', 't.yaml', '--jobs-dir', 'out', '--history-file', 'h.jsonl']
    const { code, json } = await runCliJson<{ steps: { name: string; status: string }[] }>(
      [...args, '--sandbox', '--enable-apply', '-l', 'a=b'],
      { cwd: folder },
    )
    expect(code).to.equal(3)
    const status = Object.fromEntries(json.steps.map((step) => [step.name, step.status]))
    expect(status).to.include({ generate: 'failed', validate: 'skipped', apply: 'skipped' })
    expect(await readdir(folder)).to.not.include('out')
  })
})
