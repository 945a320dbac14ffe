import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { expect } from 'chai'

import { runCli } from '../../helpers/cli.js'
import { kubeconfigText } from '../../helpers/fake-api.js'
import { expectNoStack, expectRefusal, openFolder, type Refusal } from '../../helpers/refusal.js'

const canary = 'CANARY-5e1f'
const server = 'https://127.0.0.1:1'
const b64 = (text: string): string => Buffer.from(text).toString('base64')
const exec = (command: string) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never', command, args: [canary] },
})

const invalid = (...says: Refusal['says']): Refusal => ({ error: 'ARB_KUBECONFIG_INVALID', says: ['k.yaml', ...says] })

const files: [what: string, text: string | Buffer, refusal: Refusal][] = [
  ['that is not YAML', `token: ${canary}\na: [`, invalid('not a kubeconfig', /line \d/, 'kubectl config view')],
  ['that is text only', canary, invalid('not a mapping')],
  ['that is empty', '', invalid('not a mapping')],
  ['that is no text', Buffer.from([0xc3, 0x28, 0xff]), invalid('not UTF-8')],
  [
    'whose context has no cluster',
    kubeconfigText(server, {}).replace('"clusters":[{"name":"fake"', '"clusters":[{"name":"other"'),
    invalid('no cluster "fake"', 'There is: other'),
  ],
  [
    'with a garbage certificate authority',
    kubeconfigText(server, {}, { 'certificate-authority-data': b64(`garbage ${canary}`) }),
    invalid('certificate authority holds no PEM'),
  ],
  [
    'with a certificate authority that is not there',
    kubeconfigText(server, {}, { 'certificate-authority': 'no-ca.pem' }),
    invalid('no-ca.pem', 'does not exist'),
  ],
  [
    'with a garbage client certificate',
    kubeconfigText(server, { 'client-certificate-data': b64(canary), 'client-key-data': b64(canary) }),
    invalid('client certificate'),
  ],
  [
    'with data that is no base64',
    kubeconfigText(server, { 'client-certificate-data': '!!!', 'client-key-data': canary }),
    invalid('not base64'),
  ],
  [
    'with a password in the address',
    kubeconfigText(`https://u:${canary}@127.0.0.1`, {}),
    invalid('without user, password'),
  ],
  [
    'with an exec plugin that is not there',
    kubeconfigText(server, exec('no-such-plugin')),
    { error: 'ARB_CREDENTIALS', says: ['"no-such-plugin"', 'is not there', 'Install it'] },
  ],
  [
    'with an exec plugin that fails',
    kubeconfigText(server, exec('./fails.sh')),
    { error: 'ARB_CREDENTIALS', says: ['fails.sh', 'exit code 1'] },
  ],
  [
    'with an exec plugin that prints no credential',
    kubeconfigText(server, exec('./prints.sh')),
    { error: 'ARB_CREDENTIALS', says: ['prints.sh', 'not JSON'] },
  ],
  [
    'with an exec plugin that hangs',
    kubeconfigText(server, exec('./hangs.sh')),
    { error: 'ARB_CREDENTIALS', says: ['hangs.sh', 'within 1s', 'kubectl'] },
  ],
  [
    'whose server does not listen',
    kubeconfigText(server, { token: canary }),
    { error: 'ARB_CLUSTER_UNREACHABLE', says: ['127.0.0.1:1', 'connection refused'] },
  ],
]

describe('a bad kubeconfig', function () {
  this.timeout(60_000)
  let folder: string
  before(async () => {
    folder = await openFolder('kubeconfig')
    const scripts = {
      'fails.sh': `echo ${canary} >&2; echo ${canary}; exit 1`,
      'prints.sh': `echo ${canary}`,
      'hangs.sh': 'echo $$ >pid; exec sleep 300',
    }
    for (const [name, text] of Object.entries(scripts)) {
      await writeFile(path.join(folder, name), `#!/bin/sh\n${text}\n`)
      await chmod(path.join(folder, name), 0o755)
    }
    await writeFile(path.join(folder, 'one.yaml'), kubeconfigText(server, { token: canary }))
    await mkdir(path.join(folder, 'dir'))
  })
  after(() => rm(folder, { recursive: true, force: true }))

  const check = (...more: string[]) => [
    'health',
    'check',
    '-n',
    'tuning',
    '-l',
    'a=b',
    '--request-timeout',
    '1s',
    ...more,
  ]
  const there = () => ({ cwd: folder })

  for (const [what, text, refusal] of files)
    it(`${what} is told in one message, without anything of the credential`, async () => {
      await writeFile(path.join(folder, 'k.yaml'), text)
      await expectRefusal(check('--kubeconfig', 'k.yaml'), refusal, there())
      for (const env of [{}, { DEBUG: '*' }] as Record<string, string>[]) {
        const { stdout, stderr } = await runCli(check('--kubeconfig', 'k.yaml'), { ...there(), env })
        expect(stdout + stderr).to.not.include(canary)
        expect(stdout + stderr).to.not.include(b64(canary))
      }
    })

  it('with an exec plugin that hangs leaves no process of it', async () => {
    const pid = Number(await readFile(path.join(folder, 'pid'), 'utf8'))
    expect(() => process.kill(pid, 0)).to.throw('ESRCH')
  })

  it('that is missing, a folder, or has no such context is told with what there is', async () => {
    const missing = { error: 'ARB_KUBECONFIG_NOT_FOUND', says: ['no.yaml', 'does not exist', '--sandbox'] }
    await expectRefusal(check('--kubeconfig', 'no.yaml'), missing, there())
    const dir = { error: 'ARB_KUBECONFIG_INVALID', says: ['dir', 'it is a folder', '--kubeconfig FILE'] }
    await expectRefusal(check('--kubeconfig', 'dir'), dir, there())
    const context = {
      error: 'ARB_KUBECONFIG_INVALID',
      says: ['one.yaml', '"fkae"', 'Did you mean "fake"?', 'There is: fake'],
    }
    await expectRefusal(check('--kubeconfig', 'one.yaml', '--context', 'fkae'), context, there())
    const none = { error: 'ARB_KUBECONFIG_NOT_FOUND', says: ['.kube/config', '--kubeconfig FILE or KUBECONFIG'] }
    await expectRefusal(check(), none, there())
  })

  it('in the list of KUBECONFIG: missing files are passed over, none at all is an error', async () => {
    const list = { ...there(), env: { KUBECONFIG: 'no.yaml:one.yaml' } }
    await expectRefusal(check(), { error: 'ARB_CLUSTER_UNREACHABLE', says: ['127.0.0.1:1'] }, list)
    await expectRefusal(check('--context', 'x'), { error: 'ARB_KUBECONFIG_INVALID', says: ['There is: fake'] }, list)
    const none = { ...there(), env: { KUBECONFIG: 'no.yaml:none.yaml' } }
    await expectRefusal(
      check(),
      { error: 'ARB_KUBECONFIG_NOT_FOUND', says: ['no.yaml', 'none.yaml', 'do not exist'] },
      none,
    )
  })

  it('makes doctor name what is wrong and go on with the other checks', async () => {
    const result = await runCli(['doctor', '--kubeconfig', 'no.yaml'], there())
    expect(result.code).to.equal(1)
    expect(result.stdout)
      .to.match(/✗ kubeconfig .*no\.yaml does not exist/)
      .and.to.include('✓ plugins')
    expectNoStack(result)
  })
})
