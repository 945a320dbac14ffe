import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { createMasker } from '../../../src/base/masker.js'
import { credentialsOf } from '../../../src/cluster/credentials.js'
import { execIdentity } from '../../../src/cluster/exec-credential.js'
import type { RawEntry } from '../../../src/cluster/kubeconfig-entry.js'
import { rejection } from '../../helpers/rejection.js'

const v1 = 'client.authentication.k8s.io/v1'

describe('credentials', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-credentials-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  const entry = (values: Record<string, unknown>): RawEntry => ({
    name: 'tester',
    folder,
    file: path.join(folder, 'config'),
    values,
  })
  const env = { PATH: process.env.PATH }
  const identity = (values: Record<string, unknown>) =>
    credentialsOf({ user: entry(values), cluster: entry({}), clusterInfo: {}, env, masker: createMasker() }).identity()

  async function plugin(script: string): Promise<string> {
    const file = path.join(folder, 'plugin.sh')
    await writeFile(file, `#!/bin/sh\ncd "$(dirname "$0")"\n${script}\n`)
    await chmod(file, 0o755)
    return './plugin.sh'
  }
  const exec = (command: string, more: object = {}) => entry({ exec: { apiVersion: v1, command, ...more } })

  it('come from a token, a token file, a user with password, with impersonation', async () => {
    expect((await identity({ token: 'abc' })).headers).to.deep.equal({ authorization: 'Bearer abc' })
    await writeFile(path.join(folder, 't'), 'xyz\n')
    expect((await identity({ token: 'abc', tokenFile: 't' })).headers).to.deep.equal({ authorization: 'Bearer xyz' })
    expect((await identity({ username: 'u', password: 'p' })).headers).to.deep.equal({
      authorization: `Basic ${btoa('u:p')}`,
    })
    expect((await identity({ token: 'a', as: 'bob', 'as-groups': ['g', 'h'] })).headers).to.deep.equal({
      authorization: 'Bearer a',
      'impersonate-user': 'bob',
      'impersonate-group': ['g', 'h'],
    })
  })

  it('are refused where a part is missing or damaged', async () => {
    for (const values of [
      { 'client-certificate-data': btoa('x') },
      { 'client-certificate-data': btoa('x'), 'client-key-data': btoa('y') },
      { tokenFile: 'missing' },
      { token: 'two words' },
      { exec: { apiVersion: v1 } },
      { exec: { apiVersion: 'client.authentication.k8s.io/v1alpha1', command: 'x' } },
    ])
      expect((await rejection(identity(values))).code, JSON.stringify(values)).to.equal('ARB_KUBECONFIG_INVALID')
  })

  it('come from an exec plugin, which is told what is asked of it, and are kept until they end', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const command = await plugin(
      `echo "$KUBERNETES_EXEC_INFO $1 $EXTRA" >> info; echo '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"token":"t-'$1'","expirationTimestamp":"${soon}"}}'`,
    )
    let now = Date.now()
    const user = exec(command, { args: ['arg'], env: [{ name: 'EXTRA', value: 'e' }], provideClusterInfo: true })
    const credentials = credentialsOf({
      user,
      cluster: entry({}),
      clusterInfo: { server: 'https://h' },
      env: { ...env, PWD: folder },
      masker: createMasker(),
      now: () => now,
    })
    expect((await credentials.identity()).headers.authorization).to.equal('Bearer t-arg')
    await credentials.identity()
    expect(await readFile(path.join(folder, 'info'), 'utf8')).to.equal(
      `{"apiVersion":"${v1}","kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://h"}}} arg e\n`,
    )
    now += 3_600_000
    await credentials.identity()
    expect((await readFile(path.join(folder, 'info'), 'utf8')).split('\n')).to.have.length(3)
    expect(credentials.forget()).to.equal(true)
  })

  const dead: [string, string, RegExp][] = [
    ['fails', 'echo CANARY >&2; exit 7', /exit code 7 and wrote 7 bytes to stderr/],
    ['prints no JSON', 'echo CANARY', /not JSON/],
    ['prints another kind', `echo '{"kind":"Foo","status":{"token":"CANARY"}}'`, /did not print an ExecCredential/],
    ['prints an empty object', `echo '{}'`, /did not print an ExecCredential/],
    [
      'gives no credential',
      `echo '{"apiVersion":"${v1}","kind":"ExecCredential","status":{}}'`,
      /neither a token nor a certificate/,
    ],
    [
      'gives garbage for a certificate',
      `echo '{"apiVersion":"${v1}","kind":"ExecCredential","status":{"clientCertificateData":"CANARY","clientKeyData":"k"}}'`,
      /client certificate that/,
    ],
    ['is killed', 'kill -9 $$', /SIGKILL/],
  ]
  for (const [name, script, wanted] of dead) {
    it(`names a plugin that ${name}, and repeats nothing that it printed`, async () => {
      const error = await rejection(execIdentity({ user: exec(await plugin(script)), clusterInfo: {}, env }))
      expect(error.code).to.equal('ARB_CREDENTIALS')
      expect(error.message).to.match(wanted).and.include('plugin.sh').and.include('"tester"')
      expect(JSON.stringify([error.message, error.hints, error.details])).to.not.include('CANARY')
    })
  }

  it('end a plugin that hangs, with its children', async () => {
    const command = await plugin('sleep 60 & echo $! > child; wait')
    const error = await rejection(execIdentity({ user: exec(command), clusterInfo: {}, env, timeoutMs: 300 }))
    expect(error.message).to.include('did not end within')
    const pid = Number(await readFile(path.join(folder, 'child'), 'utf8'))
    // Ended: either gone, or a zombie that its new parent has not looked after yet.
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
    expect(stdout.trim()).to.match(/^(Z.*)?$/)
  })

  it('come from an OIDC auth provider by the client library, and its failure is told in short', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.x`
    const provider = (config: object) => ({ 'auth-provider': { name: 'oidc', config } })
    expect((await identity(provider({ 'id-token': token }))).headers).to.deep.equal({
      authorization: `Bearer ${token}`,
    })
    expect((await rejection(identity(provider({ 'client-id': 'CANARY' })))).message).to.include(
      '"tester" gave no token',
    )
  })

  it('say what to install where the plugin is not there', async () => {
    const user = exec('nonesuch-plugin', { installHint: 'brew install nonesuch' })
    const error = await rejection(execIdentity({ user, clusterInfo: {}, env }))
    expect(error.hints).to.deep.equal(['brew install nonesuch'])
  })
})
