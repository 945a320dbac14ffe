import type { PackageReport } from '../../plugins/inspect.js'
import type { ChannelReport } from '../provider-checks.js'
import { renderTable } from './table.js'

/** What `plugins --json` prints. */
export interface PluginsView {
  /** True where everything loads and every configured channel is complete. */
  ok: boolean
  packages: PackageReport[]
  channels: ChannelReport[]
}

const origins = { built_in: 'built in', installed: 'installed', linked: 'linked' } as const
const marks = { ok: '✓', incomplete: '✗', fail: '✗' } as const

/** The packages as a table, what is wrong with them, and the channels. */
export function pluginsText({ packages, channels }: PluginsView): string {
  const used = new Set(['console', ...channels.map(({ type }) => type)])
  const rows = packages.flatMap((report) => rowsOf(report, used))
  const columns = ['package', 'version', 'from', 'provides', 'state'].map((header) => ({ header }))
  return [
    ...renderTable(columns, rows),
    ...packages.flatMap(troublesOf),
    ...(packages.some(({ from }) => from !== 'built_in') ? [] : noneInstalled),
    ...channelLines(channels),
  ].join('\n')
}

const noneInstalled = ['', 'None is installed beside what comes with arbk8s: arbk8s plugins install NAME']

function rowsOf(
  { name, version, from, folder, provides, problems }: PackageReport,
  used: ReadonlySet<string>,
): string[][] {
  const head = [name, version ?? '-', folder ? `linked ${folder}` : origins[from]]
  if (provides.length === 0) return [[...head, '-', problems.length > 0 ? 'see below' : 'ok']]
  return provides.map(({ kind, name: provided, loads }, index) => [
    ...(index === 0 ? head : ['', '', '']),
    `${kind}:${provided}`,
    loads ? (kind === 'notifier' && !used.has(provided) ? 'ok, no channel configured' : 'ok') : 'does not load',
  ])
}

function troublesOf({ name, provides, problems }: PackageReport): string[] {
  const all = [
    ...provides.flatMap(({ error, fix }) => (error === null ? [] : [{ message: error, fix }])),
    ...problems.map(({ message, fix }) => ({ message: `${name}: ${message}`, fix })),
  ]
  return all.flatMap(({ message, fix }) => ['', `✗ ${message}`, ...(fix ? [`  → ${fix}`] : [])])
}

function channelLines(channels: ChannelReport[]): string[] {
  if (channels.length === 0) return ['', 'No channel is configured: alerts go to the console.']
  return [
    '',
    'Channels:',
    ...channels.flatMap(({ name, status, detail, fix }) => [
      `${marks[status]} ${name}: ${detail}`,
      ...(fix === null ? [] : [`  → ${fix}`]),
    ]),
  ]
}
