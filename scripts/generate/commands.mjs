/** docs/commands/*.md and the snapshot of commands and flags, both from oclif.manifest.json. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { root } from '../prepare.mjs'

async function commands() {
  const manifest = JSON.parse(await readFile(path.join(root, 'oclif.manifest.json'), 'utf8'))
  return Object.values(manifest.commands)
    .filter((command) => !command.hidden)
    .sort(by('id'))
}

/** By code units, which no locale changes. */
function by(field) {
  return (a, b) => (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0)
}

/** The public surface: a flag that goes away or changes shows as a difference of this file. */
export async function commandSnapshot() {
  const snapshot = (await commands()).map((command) => ({
    command: command.id.replaceAll(':', ' '),
    aliases: command.aliases,
    args: Object.keys(command.args ?? {}),
    flags: Object.values(command.flags)
      .map((flag) => ({
        name: flag.name,
        ...(flag.char ? { char: flag.char } : {}),
        ...(flag.aliases ? { aliases: flag.aliases } : {}),
        type: flag.type,
        ...(flag.env ? { env: flag.env } : {}),
        ...(flag.options ? { options: flag.options } : {}),
        ...(flag.default === undefined ? {} : { default: flag.default }),
        ...(flag.multiple ? { multiple: true } : {}),
        ...(flag.allowNo ? { allowNo: true } : {}),
      }))
      .sort(by('name')),
  }))
  return [['docs/reference/command-snapshot.json', JSON.stringify(snapshot, null, 2)]]
}

/** One page a topic, and an index. */
export async function commandDocs() {
  const topics = new Map()
  for (const command of await commands()) {
    const topic = command.id.split(':')[0]
    topics.set(topic, [...(topics.get(topic) ?? []), command])
  }
  const pages = [...topics].map(([topic, list]) => [`docs/commands/${topic}.md`, page(topic, list)])
  return [['docs/commands/README.md', index(topics)], ...pages]
}

function index(topics) {
  const rows = [...topics].flatMap(([topic, list]) =>
    list.map(
      (command) => `| [\`arbk8s ${name(command)}\`](${topic}.md#${anchor(command)}) | ${command.summary ?? ''} |`,
    ),
  )
  return ['# Commands', '', generatedLine, '', '| command | what it does |', '|---|---|', ...rows].join('\n')
}

const generatedLine = 'Generated from the commands themselves by `npm run generate`. `:` works in place of the space.'

function page(topic, list) {
  return [`# arbk8s ${topic}`, '', generatedLine, '', ...list.flatMap(section)].join('\n').trimEnd()
}

function section(command) {
  const examples = (command.examples ?? []).map((example) =>
    fill(typeof example === 'string' ? example : example.command, command),
  )
  return [
    `## arbk8s ${name(command)}`,
    '',
    command.summary ?? '',
    '',
    ...(command.description ? [fill(command.description, command), ''] : []),
    ...(examples.length > 0 ? ['```sh', ...examples, '```', ''] : []),
    '| flag | what it is | default |',
    '|---|---|---|',
    ...Object.values(command.flags)
      .filter((flag) => !flag.hidden)
      .sort(by('name'))
      .map(flagRow),
    '',
    ...resultLine(command),
  ]
}

/** Where the shape of --json is. */
function resultLine(command) {
  const schema = command.id.startsWith('sandbox:') ? 'sandbox-status' : command.id.replaceAll(':', '-')
  if (!command.flags.json) return []
  return [
    `\`--json\` prints one object of [\`${schema}.json\`](../../schemas/${schema}.json), or of`,
    '[`error.json`](../../schemas/error.json). [Exit codes](../reference/exit-codes.md).',
    '',
  ]
}

function flagRow(flag) {
  const forms = [
    flag.char && `-${flag.char}`,
    `--${flag.allowNo ? '[no-]' : ''}${flag.name}`,
    ...(flag.aliases ?? []).map((alias) => `--${alias}`),
  ]
  const value =
    flag.type === 'option' ? ` ${flag.options ? flag.options.join('\\|') : (flag.helpValue ?? 'VALUE')}` : ''
  const notes = [flag.required && 'required', flag.multiple && 'several times', flag.env && `also \`${flag.env}\``]
  const text = [flag.summary ?? flag.description ?? '', notes.filter(Boolean).join(', ')].filter(Boolean).join('; ')
  return `| \`${forms.filter(Boolean).join(', ')}${value}\` | ${text.replaceAll('|', '\\|')} | ${standard(flag)} |`
}

function standard(flag) {
  const value = flag.defaultHelp ?? flag.default
  return value === undefined || value === false || typeof value === 'function' ? '' : `\`${value}\``
}

function name(command) {
  return command.id.replaceAll(':', ' ')
}

function anchor(command) {
  return `arbk8s-${command.id.replaceAll(':', '-')}`
}

function fill(text, command) {
  return text.replaceAll('<%= config.bin %>', 'arbk8s').replaceAll('<%= command.id %>', name(command))
}
