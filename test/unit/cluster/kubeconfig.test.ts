import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { connect } from '../../../src/cluster/connect.js'
import { chooseContext } from '../../../src/cluster/kubeconfig.js'
import { kubeconfigText } from '../../helpers/fake-api.js'
import { rejection } from '../../helpers/rejection.js'

describe('kubeconfig', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-kubeconfig-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function file(name: string, text: string): Promise<string> {
    const target = path.join(folder, name)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, text)
    return target
  }
  const places = (env: Record<string, string> = {}) => ({ env, homedir: folder })

  it('merges the files of KUBECONFIG: the first wins, missing ones are skipped, paths start at their own file', async () => {
    const one = await file(
      'a/one',
      'contexts: [{name: x, context: {cluster: c, user: u, namespace: first}}]\ncurrent-context: x\n',
    )
    const two = await file(
      'b/two',
      'contexts: [{name: x, context: {cluster: other}}]\ncurrent-context: y\nclusters: [{name: c, cluster: {server: "https://h", certificate-authority: ca.pem}}]\nusers: [{name: u, user: {token: t}}]\n',
    )
    const list = [path.join(folder, 'missing'), one, two].join(path.delimiter)
    const chosen = await chooseContext(places({ KUBECONFIG: list }))
    expect(chosen).to.include({ context: 'x', namespace: 'first' })
    expect(chosen.cluster.folder).to.equal(path.join(folder, 'b'))
  })

  it('reads ~/.kube/config where nothing is named, and --kubeconfig before KUBECONFIG', async () => {
    await file('.kube/config', kubeconfigText('https://home', { token: 't' }))
    const flag = await file('flag', kubeconfigText('https://flag', { token: 't' }))
    expect((await connect(places())).target.server).to.equal('https://home')
    expect((await connect({ ...places({ KUBECONFIG: '/nonesuch' }), kubeconfig: flag })).target.server).to.equal(
      'https://flag',
    )
  })

  it('shows no control characters of a name, and looks entries up by their raw one', async () => {
    const name = (word: string) => JSON.stringify(`${word}\u001b[2J\u202e`)
    const text = (more = '') =>
      `contexts: [{name: ${name('x')}, context: {cluster: ${name('c')}, user: ${name('u')}}}]\n` +
      `clusters: [{name: ${name('c')}, cluster: {server: "https://h"${more}}}]\nusers: [{name: ${name('u')}, user: {token: t}}]\n`
    const kubeconfig = await file('odd', text())
    const { target } = await connect({ ...places(), kubeconfig, context: 'x\u001b[2J\u202e' })
    expect(target).to.include({ context: 'x', cluster: 'c', user: 'u' })
    const unknown = await rejection(connect({ ...places(), kubeconfig, context: 'y' }))
    const broken = await file('broken', text(', certificate-authority-data: [1]'))
    const invalid = await rejection(connect({ ...places(), kubeconfig: broken, context: 'x\u001b[2J\u202e' }))
    const spaced = await file('spaced', text().replace('context: {', `context: {namespace: ${name('n')}, `))
    const namespace = await rejection(connect({ ...places(), kubeconfig: spaced, context: 'x\u001b[2J\u202e' }))
    for (const error of [unknown, invalid, namespace]) {
      expect(error.code).to.equal('ARB_KUBECONFIG_INVALID')
      const shown = [error.message, ...error.hints, JSON.stringify(error.details)].join()
      for (const mark of ['\u001b', '\\u001b', '\u202e']) expect(shown).not.to.include(mark)
    }
  })

  it('takes the service account within a pod', async () => {
    await file('sa/token', 'tok')
    await file('sa/namespace', 'team')
    const pod = {
      ...places({ KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' }),
      serviceAccountDir: path.join(folder, 'sa'),
    }
    const chosen = await chooseContext(pod)
    expect(chosen).to.include({ context: null, namespace: 'team' })
    expect(chosen.cluster.values.server).to.equal('https://[fd00::1]:6443')
  })

  it('says which files it looked for', async () => {
    const error = await rejection(chooseContext(places()))
    expect(error.code).to.equal('ARB_KUBECONFIG_NOT_FOUND')
    expect(error.message).to.include(path.join(folder, '.kube', 'config'))
    expect(error.details.named).to.equal(false)
    const named = await rejection(chooseContext({ ...places(), kubeconfig: path.join(folder, 'no') }))
    expect(named.details.named).to.equal(true)
  })

  const broken: [string, string, RegExp][] = [
    ['not YAML', 'a: [b\ntoken: CANARY', /line \d+, column \d+/],
    ['a list', '- a', /not a mapping/],
    ['clusters that are no list', 'clusters: {a: b}', /"clusters" is not a list/],
    ['no context', '{}', /there is no context in it/],
    ['an unknown current context', 'contexts: [{name: prod, context: {}}]\ncurrent-context: prd', /no context "prd"/],
    [
      'an unknown cluster',
      'contexts: [{name: a, context: {cluster: c}}]\ncurrent-context: a',
      /no cluster "c", which the context "a" names/,
    ],
    [
      'an unknown user',
      'contexts: [{name: a, context: {cluster: c, user: u}}]\ncurrent-context: a\nclusters: [{name: c, cluster: {server: "https://h"}}]',
      /no user "u"/,
    ],
  ]
  for (const [name, text, wanted] of broken) {
    it(`refuses ${name}, and repeats nothing of the file`, async () => {
      const kubeconfig = await file('broken', text)
      const error = await rejection(chooseContext({ ...places(), kubeconfig }))
      expect(error.code).to.equal('ARB_KUBECONFIG_INVALID')
      expect(error.message).to.match(wanted).and.include(kubeconfig)
      expect(error.message).to.not.include('CANARY')
    })
  }

  it('names the nearest context and those that are there', async () => {
    const kubeconfig = await file('c', kubeconfigText('https://h', {}))
    const error = await rejection(chooseContext({ ...places(), kubeconfig, context: 'fakt' }))
    expect(error.hints[0]).to.include('Did you mean "fake"?').and.include('There is: fake')
  })

  const badClusters: [string, string, object, RegExp][] = [
    ['no server', '', {}, /no server address/],
    ['another scheme', 'ftp://h', {}, /not an https/],
    [
      'an authority that is garbage',
      'https://h',
      { 'certificate-authority-data': Buffer.from('garbage').toString('base64') },
      /no PEM certificate/,
    ],
    ['an authority that is not base64', 'https://h', { 'certificate-authority-data': '%%%' }, /not base64/],
    ['an authority file that is missing', 'https://h', { 'certificate-authority': 'ca.pem' }, /ca\.pem cannot be read/],
    [
      'an authority that is damaged',
      'https://h',
      {
        'certificate-authority-data': Buffer.from(
          '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
        ).toString('base64'),
      },
      /certificate that cannot be read/,
    ],
    ['a SOCKS proxy', 'https://h', { 'proxy-url': 'socks5://p:1' }, /socks5/],
  ]
  for (const [name, server, more, wanted] of badClusters) {
    it(`refuses ${name}`, async () => {
      const kubeconfig = await file('bad', kubeconfigText(server, {}, more))
      const error = await rejection(connect({ ...places(), kubeconfig }))
      expect(error.code).to.equal('ARB_KUBECONFIG_INVALID')
      expect(error.message).to.match(wanted)
    })
  }

  it('calls skipped checks and plain HTTP insecure, and takes the namespace of the flag first', async () => {
    const plain = await file('plain', kubeconfigText('http://h', {}))
    const unchecked = await file('unchecked', kubeconfigText('https://h', {}, { 'insecure-skip-tls-verify': true }))
    const checked = await file('checked', kubeconfigText('https://h/prefix/', {}))
    expect((await connect({ ...places(), kubeconfig: plain })).target.insecure).to.equal(true)
    expect((await connect({ ...places(), kubeconfig: unchecked })).target.insecure).to.equal(true)
    expect((await connect({ ...places(), kubeconfig: checked })).target).to.deep.equal({
      context: 'fake',
      cluster: 'fake',
      user: 'tester',
      server: 'https://h/prefix',
      namespace: 'trading',
      insecure: false,
    })
    expect((await connect({ ...places(), kubeconfig: checked, namespace: 'n' })).target.namespace).to.equal('n')
    expect((await connect({ ...places(), kubeconfig: checked, insecure: true })).target.insecure).to.equal(true)
  })
})
