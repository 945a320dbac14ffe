/** The checks behind `doctor`: each is one line that says how things stand and, where they do not stand well, what to do. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import path from 'node:path'

import type { Config } from '@oclif/core'

import { isArbError, messageOf } from '../base/errors.js'
import { shorten } from '../base/text.js'
import type { Reader, Right } from '../cluster/types.js'
import type { PackageReport } from '../plugins/inspect.js'
import { openHistory, type StoreSettings } from './history.js'
import { type ChannelCheckOptions, channelReports, packageReports } from './provider-checks.js'

export type CheckStatus = 'ok' | 'warn' | 'fail'

export interface Check {
  /** node, kubeconfig, cluster, rights, plugins, store, channels */
  area: string
  status: CheckStatus
  detail: string
  /** What to do, where the status is not ok. */
  fix: string | null
}

/** The oldest Node that is tested. */
const oldestNode = [20, 19] as const

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const fine = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
  const detail = `Node.js ${version}`
  return fine ? ok('node', detail) : fail('node', detail, `Install Node.js ${oldestNode.join('.')} or newer.`)
}

/** The credentials' way to the cluster: its address, its version. */
export async function checkCluster(reader: Reader): Promise<Check[]> {
  const { context, server, namespace, insecure } = reader.target
  const where = `context ${context ?? '(none)'}, server ${server}, namespace ${namespace}`
  const kubeconfig = insecure
    ? warn(
        'kubeconfig',
        `${where}; certificates are not checked`,
        'Put certificate-authority-data into the kubeconfig.',
      )
    : ok('kubeconfig', where)
  try {
    return [kubeconfig, ok('cluster', `Kubernetes ${(await reader.version()).gitVersion}`)]
  } catch (error) {
    return [kubeconfig, failed('cluster', error)]
  }
}

const readRights: Right[] = [
  { verb: 'list', group: 'batch', resource: 'jobs' },
  { verb: 'watch', group: 'batch', resource: 'jobs' },
  { verb: 'list', group: '', resource: 'pods' },
  { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
  { verb: 'list', group: '', resource: 'events' },
]

const applyRights: Right[] = [
  { verb: 'get', group: 'batch', resource: 'jobs' },
  { verb: 'create', group: 'batch', resource: 'jobs' },
  { verb: 'patch', group: 'batch', resource: 'jobs' },
]

/** Whether the namespace is there; a user who may not look is given the benefit of the doubt. */
export async function checkNamespace(reader: Reader, namespace: string): Promise<Check[]> {
  const { requireNamespace } = await import('../cluster/namespace.js')
  return requireNamespace(reader, namespace).then(
    () => [],
    (error: unknown) => [failed('cluster', error)],
  )
}

/** What this user may do: reading is needed by every stage, applying only where Jobs are applied. */
export async function checkRights(reader: Reader, namespace: string): Promise<Check[]> {
  try {
    return [
      rightsLine('read', await missingRights(reader, readRights, namespace), namespace),
      rightsLine('apply', await missingRights(reader, applyRights, namespace), namespace),
    ]
  } catch (error) {
    return [failed('rights', error)]
  }
}

async function missingRights(reader: Reader, rights: Right[], namespace: string): Promise<string[]> {
  const allowed = await Promise.all(rights.map((right) => reader.can(right, namespace)))
  return rights.filter((_right, index) => !allowed[index]).map(nameOf)
}

function nameOf({ verb, resource, subresource }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}`
}

function rightsLine(purpose: 'read' | 'apply', missing: string[], namespace: string): Check {
  if (missing.length === 0) return ok('rights', `may ${purpose} Jobs in namespace ${namespace}`)
  const detail = `missing to ${purpose} in namespace ${namespace}: ${missing.join(', ')}`
  const fix = `Bind the Role of docs/guides/real-cluster.md that allows to ${purpose}.`
  return purpose === 'read' ? fail('rights', detail, fix) : warn('rights', detail, fix)
}

/** What each package provides, and whether it loads. */
export async function checkPlugins(config: Config, signal: AbortSignal): Promise<Check[]> {
  return (await packageReports(config, signal)).flatMap(packageChecks)
}

function packageChecks({ name, version, from, provides, problems }: PackageReport): Check[] {
  const origin = from === 'built_in' ? '' : ` (${from})`
  return [
    ...provides.map(({ kind, name: provided, error, fix }) => {
      const detail = `${kind}:${provided} by ${name} ${version ?? ''}${origin}`
      return error === null ? ok('plugins', detail) : fail('plugins', `${detail}: ${shorten(error, 300)}`, fix)
    }),
    ...problems.map(({ message, fix }) => warn('plugins', `${name}${origin}: ${message}`, fix)),
  ]
}

/** Whether the history can be read, and whether a file can be written; nothing is. */
export async function checkStore(
  config: Config,
  location: string | undefined,
  signal: AbortSignal,
  stores?: StoreSettings,
): Promise<Check> {
  if (location === undefined) {
    return warn(
      'store',
      'no history is configured',
      'Write "history_file:" into arbk8s.yaml or set ARBK8S_HISTORY_FILE.',
    )
  }
  try {
    const store = await openHistory(config, location, signal, stores)
    try {
      for await (const entry of store.read({ limit: 1, newestFirst: true })) {
        const last = 'record' in entry ? `last record ${entry.record.timestamp}` : 'the last line is damaged'
        return await writableLine(location, last)
      }
      return await writableLine(location, 'no records yet')
    } finally {
      await store.close?.()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ok('store', `${location} (made at the first record)`)
    return failed('store', error)
  }
}

async function writableLine(location: string, detail: string): Promise<Check> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return ok('store', `${location}: ${detail}`)
  return access(path.resolve(location), constants.W_OK).then(
    () => ok('store', `${location}: ${detail}`),
    () =>
      fail(
        'store',
        `${location}: ${detail}, but it cannot be written`,
        'Give this user the right to write, or name another file.',
      ),
  )
}

/** Whether each channel that is configured or asked for can be opened; nothing is sent. */
export async function checkChannels(options: ChannelCheckOptions): Promise<Check[]> {
  const channels = await channelReports(options)
  if (channels.length === 0) return [ok('channels', 'none configured: alerts go to the console')]
  return channels.map(({ name, status, detail, fix }) =>
    status === 'ok' ? ok('channels', `${name}: ${detail}`) : fail('channels', `${name}: ${detail}`, fix),
  )
}

/** A check for something that could not be looked at. */
export function failed(area: string, error: unknown, prefix = ''): Check {
  const fix = isArbError(error) ? (error.hints[0] ?? null) : null
  return fail(area, shorten(prefix + messageOf(error), 300), fix)
}

function ok(area: string, detail: string): Check {
  return { area, status: 'ok', detail, fix: null }
}

function warn(area: string, detail: string, fix: string): Check {
  return { area, status: 'warn', detail, fix }
}

function fail(area: string, detail: string, fix: string | null): Check {
  return { area, status: 'fail', detail, fix }
}
