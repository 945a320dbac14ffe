import type { Check } from '../doctor.js'
import { renderTable } from './table.js'

export interface SettingLine {
  name: string
  value: string | null
  /** flag, variable, project, user, default, unset */
  from: string
  /** The settings file, where it came from one. */
  file: string | null
}

/** What `doctor --json` prints. */
export interface DoctorView {
  ok: boolean
  checks: Check[]
  settings: SettingLine[]
}

const marks = { ok: '✓', warn: '!', fail: '✗' } as const

/** One line a check, its fix below it, then the settings in force. */
export function doctorText({ checks, settings }: DoctorView): string {
  const lines = checks.flatMap(({ area, status, detail, fix }) => [
    `${marks[status]} ${area.padEnd(11)}${detail}`,
    ...(fix && status !== 'ok' ? [`  ${''.padEnd(11)}→ ${fix}`] : []),
  ])
  const rows = settings
    .filter(({ from }) => from !== 'unset')
    .map(({ name, value, from, file }) => [name, value ?? '', file ? `${from} file ${file}` : from])
  const table = renderTable([{ header: 'setting' }, { header: 'value' }, { header: 'from' }], rows)
  return [...lines, '', ...table].join('\n')
}
