/** A folder, a cluster and an environment with a canary in every place where a secret can enter. */
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import path from 'node:path'

import { plainCanary, canary } from './canaries.js'
import { repoRoot } from './cli.js'
import { kubeconfigText, sendJson, sendStatus, startFakeApi, type FakeApi, type SeenRequest } from './fake-api.js'
import { fakeSession } from './fake-session.js'
import { storedJob, workerJob } from './jobs.js'
import { sessionFolder } from './refusal.js'

export const webhookPath = `services/${plainCanary('path')}/${encodeURIComponent(canary('path'))}?x=${plainCanary('query')}`

export interface SecretWorkspace {
  folder: string
  /** The environment of every command. */
  env: Record<string, string>
  webhookUrl: string
  /** Requests that a channel sent. */
  sink: FakeApi
  /** Names of the files that stood there before a command ran. */
  inputs: Set<string>
  close(): Promise<void>
}

/** Makes it all; plugins of this repository are linked in a data folder of their own. */
export async function secretWorkspace(): Promise<SecretWorkspace> {
  const folder = await sessionFolder('secret-workspace')
  await plantInManifests(folder)
  const session = await fakeSession({ ...sessionState(), fault: applyAnswer })
  const sink = await startFakeApi(echo)
  const hostile = await startFakeApi(echo)
  const webhookUrl = `${sink.url}/${webhookPath}`
  await writeKubeconfigs(folder, { good: await serverOf(session.kubeconfig), hostile: hostile.url })
  await writeSecretFiles(folder, webhookUrl)
  await writeFile(path.join(folder, 'arbk8s.yaml'), settingsText({ sink: sink.url, webhookUrl }))
  const data = path.join(folder, 'data')
  await linkPlugins(data)
  await mkdir(path.join(folder, 'tmp'))
  return {
    folder,
    sink,
    webhookUrl,
    inputs: new Set(await filesIn(folder)),
    env: environment({ folder, data, sink: sink.url, webhookUrl }),
    close: async () => {
      await Promise.all([session.close(), sink.close(), hostile.close()])
    },
  }
}

function environment(of: { folder: string; data: string; sink: string; webhookUrl: string }): Record<string, string> {
  const secret = (place: string): string => canary(place)
  return {
    KUBECONFIG: path.join(of.folder, 'good.yaml'),
    ARBK8S_DATA_DIR: of.data,
    TMPDIR: path.join(of.folder, 'tmp'),
    HTTPS_PROXY: `http://user:${encodeURIComponent(secret('proxy'))}@${new URL(of.sink).host}`,
    AWS_ACCESS_KEY_ID: plainCanary('aws-id'),
    AWS_SECRET_ACCESS_KEY: secret('aws-key'),
    AWS_SESSION_TOKEN: secret('aws-token'),
    AWS_REGION: 'us-east-1',
    ARBK8S_NPM_REGISTRY: `http://user:${encodeURIComponent(secret('registry'))}@${new URL(of.sink).host}/`,
    npm_config_fetch_retries: '0',
    GITHUB_TOKEN: secret('inherited'),
    HOOK_URL: of.webhookUrl,
    HOOK_PART: plainCanary('variable'),
    HOOK_PASSWORD: secret('variable'),
  }
}

/** Values that look like secrets stand in the manifests, as another tool may have written them. */
async function plantInManifests(folder: string): Promise<void> {
  const jobs = path.join(folder, 'jobs')
  for (const name of await readdir(jobs)) {
    const file = path.join(jobs, name)
    const text = await readFile(file, 'utf8')
    const planted = `$1env:\n$1- {name: API_TOKEN, value: ${JSON.stringify(canary('manifest'))}}\n$1- {name: DB_URL, value: "postgres://u:${plainCanary('db-url')}@db/x"}\n`
    await writeFile(file, text.replace(/^( *)env:\n/m, planted))
  }
  await mkdir(path.join(folder, 'broken'))
  const broken = {
    'a.yaml': `- {name: API_TOKEN, value: ${canary('broken')}`,
    'b.yaml': `apiVersion: batch/v1\nkind: Job\nmetadata: {name: b}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: i:1\n        args: "--api-key=${plainCanary('broken')} --token ${plainCanary('broken')}"\n        env:\n        - name: API_TOKEN\n          value: |${plainCanary('broken')}\n        - {name: DB_PASSWORD, value: {a: ${plainCanary('broken')}}}\n`,
    'c.yaml': `kind: Job\nspec:\n  template:\n    spec:\n      containers:\n      - env:\n        - name: API_TOKEN\n          value: *${plainCanary('broken')}\n`,
    'd.yaml': `apiVersion: batch/v1\nkind: Job\nmetadata: {name: d}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: i:1\n        args: "--api-key=${plainCanary('broken')} --token ${plainCanary('broken')}"\n        env: [{name: DB_PASSWORD, value: {a: "${plainCanary('broken')}"}}]\n`,
  }
  for (const [name, text] of Object.entries(broken)) await writeFile(path.join(folder, 'broken', name), text)
  const config = await readFile(path.join(folder, 'k8s.yaml'), 'utf8')
  const extra = `extra_env: {DB_PASSWORD: ${JSON.stringify(canary('extra-env'))}}\n`
  await writeFile(path.join(folder, 'literal.yaml'), config + extra)
  await writeFile(
    path.join(folder, 'broken-config.yaml'),
    `${config}extra_env:\n  DB_PASSWORD: |${plainCanary('extra-env')}\n`,
  )
}

/** A failed Job whose spec holds a secret that its log, its events and its condition repeat. */
function sessionState() {
  const secret = canary('job')
  const said = `login failed: ${secret}, token ${canary('token')}, hook ${plainCanary('path')}, ${canary('inherited')}`
  const job = storedJob(workerJob(), (each) => {
    each.metadata.namespace = 'tuning'
    each.metadata.labels = { ...each.metadata.labels, session_id: 'd29-demo' }
    each.spec.template.spec.containers[0]!.env = [{ name: 'API_KEY', value: secret }]
    each.status = {
      failed: 1,
      startTime: '2026-01-01T00:00:00Z',
      conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: said }],
    }
  })
  const pod = {
    metadata: {
      name: `${job.metadata.name}-abcde`,
      namespace: 'tuning',
      uid: 'pod-1',
      labels: { ...job.metadata.labels, 'job-name': job.metadata.name, 'controller-uid': 'uid-1' },
      ownerReferences: [
        { apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: 'uid-1', controller: true },
      ],
    },
    spec: job.spec.template.spec,
    status: {
      phase: 'Failed',
      containerStatuses: [
        { name: 'worker', state: { terminated: { exitCode: 3, reason: 'Error', message: said } }, restartCount: 0 },
      ],
    },
  }
  const event = {
    metadata: { name: 'e1', namespace: 'tuning' },
    type: 'Warning',
    reason: 'BackOff',
    message: said,
    involvedObject: { kind: 'Job', name: job.metadata.name, namespace: 'tuning', uid: 'uid-1' },
    count: 1,
    firstTimestamp: '2026-01-01T00:00:00Z',
    lastTimestamp: '2026-01-01T00:00:01Z',
  }
  const log = [said, Buffer.from(secret).toString('base64'), JSON.stringify({ secret }), encodeURIComponent(secret)]
  return {
    jobs: [job],
    pods: [pod as never],
    events: [event as never],
    logs: { [pod.metadata.name]: log.map((line) => `2026-01-01T00:00:00Z ${line}\n`).join('') },
  }
}

/** An apply succeeds and answers with the object. */
function applyAnswer(request: SeenRequest, response: ServerResponse): true | undefined {
  if (request.method === 'POST') {
    sendJson(response, {
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      status: { allowed: true },
    })
    return true
  }
  const name = /\/jobs\/([^/]+)$/.exec(request.path)?.[1]
  if (request.method === 'GET' && name !== undefined) {
    const details = { name, group: 'batch', kind: 'jobs' }
    sendStatus(response, 404, `jobs.batch "${name}" not found`, { reason: 'NotFound', details })
    return true
  }
  if (request.method !== 'PATCH') return undefined
  const job = JSON.parse(request.body) as { metadata: object }
  sendJson(response, { ...job, metadata: { ...job.metadata, uid: 'uid-2', resourceVersion: '7' } }, 201)
  return true
}

/** A server that gives back all that it was sent, as its error and in a header. */
function echo(request: SeenRequest, response: ServerResponse): void {
  const said = [JSON.stringify(request.headers), request.path, request.query.toString(), request.body].join(' ')
  response.setHeader('x-echo', encodeURIComponent(said).slice(0, 4000))
  response.setHeader('retry-after', '0')
  sendStatus(response, request.path.startsWith('/services') ? 400 : 403, said, { reason: 'Forbidden' })
}

async function serverOf(kubeconfig: string): Promise<string> {
  const { clusters } = JSON.parse(await readFile(kubeconfig, 'utf8')) as { clusters: { cluster: { server: string } }[] }
  return clusters[0]!.cluster.server
}

async function writeKubeconfigs(folder: string, { good, hostile }: { good: string; hostile: string }): Promise<void> {
  const v1 = 'client.authentication.k8s.io/v1'
  const exec = (command: string) => ({ exec: { apiVersion: v1, command, args: ['get-token'] } })
  const token = JSON.stringify({ apiVersion: v1, kind: 'ExecCredential', status: { token: plainCanary('exec-token') } })
  const scripts = {
    'exec.sh': `echo '${plainCanary('exec-stderr')}' >&2; echo '${token}'`,
    'exec-fails.sh': `echo '${plainCanary('exec-stderr')}' >&2; echo '${plainCanary('exec-stdout')}'; exit 7`,
    'exec-odd.sh': `echo '{"kind": "${plainCanary('exec-stdout')}"}'`,
  }
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(path.join(folder, name), `#!/bin/sh\n${text}\n`)
    await chmod(path.join(folder, name), 0o755)
  }
  const configs: Record<string, string> = {
    'good.yaml': kubeconfigText(good, { token: canary('token') }),
    'hostile.yaml': kubeconfigText(hostile, { token: canary('token') }),
    'basic.yaml': kubeconfigText(hostile, { username: 'bob', password: canary('basic') }),
    'exec.yaml': kubeconfigText(hostile, exec('./exec.sh')),
    'exec-fails.yaml': kubeconfigText(hostile, exec('./exec-fails.sh')),
    'exec-odd.yaml': kubeconfigText(hostile, exec('./exec-odd.sh')),
    'bad-token.yaml': kubeconfigText(hostile, { token: `two ${canary('token')}` }),
    'bad-key.yaml': kubeconfigText(hostile, {
      'client-certificate-data': Buffer.from(canary('cert')).toString('base64'),
      'client-key-data': Buffer.from(canary('key')).toString('base64'),
    }),
    'proxy.yaml': kubeconfigText(
      'https://kubernetes.example.com',
      { token: canary('token') },
      {
        'proxy-url': `http://user:${encodeURIComponent(canary('proxy'))}@${new URL(hostile).host}`,
      },
    ),
    'no-yaml.yaml': `users: [{name: x, user: {token: ${canary('token')}\n`,
  }
  for (const [name, text] of Object.entries(configs)) await writeFile(path.join(folder, name), text)
}

async function writeSecretFiles(folder: string, webhookUrl: string): Promise<void> {
  await mkdir(path.join(folder, 'secrets'))
  const files = { url: webhookUrl, password: canary('file') }
  for (const [name, text] of Object.entries(files))
    await writeFile(path.join(folder, 'secrets', name), `${text}\n`, { mode: 0o600 })
}

/** The same secrets for each channel, with the settings that its plugin needs. */
function settingsText({ sink, webhookUrl }: { sink: string; webhookUrl: string }): string {
  const secrets = {
    password: canary('smtp'),
    hmac_secret: canary('hmac'),
    routing_key: plainCanary('routing'),
    headers: { Authorization: `Bearer ${canary('header')}`, 'X-Api-Key': canary('header'), Cookie: '${HOOK_PASSWORD}' },
  }
  const limits = { timeout: '2s', deadline: '3s' }
  const leaky = { type: 'leaky', allow_private: true, ...secrets, token_file: 'secrets/password', part: '${HOOK_PART}' }
  const http = { ...limits, allow_private: true }
  const channels = {
    ops: { type: 'console', webhook_url: webhookUrl, ...secrets },
    leaky: { ...leaky, webhook_url: webhookUrl },
    'leaky-open': leaky,
    'leaky-throws': { ...leaky, ...limits, mode: 'throw', webhook_url: '${HOOK_URL}' },
    'leaky-fails': { ...leaky, mode: 'fail', webhook_url_file: 'secrets/url' },
    'leaky-crashes': { ...leaky, mode: 'crash', webhook_url: `${sink}/services/\${HOOK_PART}` },
    'leaky-loads-not': { ...leaky, mode: 'throw-at-load', webhook_url: webhookUrl },
    'not-set': { ...leaky, password: '${NOT_SET}' },
    hook: {
      type: 'webhook',
      ...http,
      webhook_url: '${HOOK_URL}',
      headers: secrets.headers,
      hmac_secret: secrets.hmac_secret,
    },
    'hook-proxied': { type: 'webhook', ...http, webhook_url: `https://hooks.example.com/${webhookPath}` },
    slack: { type: 'slack', ...http, webhook_url: webhookUrl },
    mail: {
      type: 'email',
      ...http,
      host: '127.0.0.1',
      port: Number(new URL(sink).port),
      username: 'bob',
      password: canary('smtp'),
      from: 'a@example.com',
      to: ['b@example.com'],
    },
  }
  const s3 = {
    endpoint: sink,
    path_style: true,
    region: 'us-east-1',
    access_key_id: plainCanary('s3-id'),
    secret_access_key: canary('s3-key'),
    session_token: canary('s3-token'),
    timeout: '2s',
  }
  return JSON.stringify({ channels, stores: { s3, leaky: { ...s3, password_file: 'secrets/password' } } }, null, 1)
}

/** The plugins are registered as \`plugins link\` would, without a package manager. */
export async function linkPlugins(data: string): Promise<void> {
  await mkdir(data)
  const roots = [
    path.join(repoRoot, 'test', 'fixtures', 'leaky-plugin'),
    ...['webhook', 'slack', 'email', 's3'].map((name) => path.join(repoRoot, 'plugins', `plugin-${name}`)),
  ]
  const plugins = await Promise.all(
    roots.map(async (root) => {
      const { name } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { name: string }
      return { name, root, type: 'link' }
    }),
  )
  await writeFile(path.join(data, 'package.json'), JSON.stringify({ private: true, oclif: { schema: 1, plugins } }))
}

/** Every file below, its path from there. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
}
