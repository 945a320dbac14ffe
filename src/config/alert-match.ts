/** `match:` of routes and silences: which incidents are meant. */
import type { AlertMatch, TimeWindow } from '../base/alert-rules.js'
import { messageOf } from '../base/errors.js'
import { isRecord } from '../base/json.js'
import { parseSelector, type Requirement } from '../base/selector.js'
import { mapAt, pathText, type StructurePath, StructureProblem, textAt, textsAt } from './structure.js'

const matchKeys = ['severity', 'namespace', 'labels', 'selector', 'time']
const timeKeys = ['days', 'from', 'to', 'zone']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** Throws StructureProblem at what cannot be used. */
export function checkedMatch(value: unknown, path: StructurePath): AlertMatch {
  const { severity, namespace, labels, selector, time } = mapAt(value, path, matchKeys)
  const wanted = [
    ...(labels === undefined ? [] : labelRequirements(labels, [...path, 'labels'])),
    ...(selector === undefined ? [] : selectorRequirements(selector, [...path, 'selector'])),
  ]
  return {
    ...(severity === undefined ? {} : { severity: severities(severity, [...path, 'severity']) }),
    ...(namespace === undefined ? {} : { namespace: textsAt(namespace, [...path, 'namespace']) }),
    ...(wanted.length > 0 ? { labels: wanted } : {}),
    ...(time === undefined ? {} : { time: checkedTime(time, [...path, 'time']) }),
  }
}

function severities(value: unknown, path: StructurePath): ('CRITICAL' | 'WARN')[] {
  return textsAt(value, path).map((text) => {
    const severity = text.toUpperCase()
    if (severity === 'CRITICAL' || severity === 'WARN') return severity
    throw new StructureProblem(path, `"${pathText(path)}": "${text}" is no severity`, [
      'CRITICAL is health ERROR, WARN is health WARN.',
    ])
  })
}

function labelRequirements(value: unknown, path: StructurePath): Requirement[] {
  if (!isRecord(value)) throw new StructureProblem(path, `"${pathText(path)}" must be a mapping of labels to values`)
  return Object.entries(value).map(([key, wanted]) => {
    const values = typeof wanted === 'number' || typeof wanted === 'boolean' ? [String(wanted)] : wanted
    return { key, operator: 'in', values: textsAt(values, [...path, key]) }
  })
}

function selectorRequirements(value: unknown, path: StructurePath): Requirement[] {
  try {
    return parseSelector(textAt(value, path))
  } catch (error) {
    throw error instanceof StructureProblem ? error : new StructureProblem(path, messageOf(error))
  }
}

function checkedTime(value: unknown, path: StructurePath): TimeWindow {
  const { days: named, from, to, zone = 'UTC' } = mapAt(value, path, timeKeys)
  const window = {
    ...(named === undefined ? {} : { days: textsAt(named, [...path, 'days']).flatMap((text) => dayRange(text, path)) }),
    from: from === undefined ? 0 : minuteOf(from, [...path, 'from']),
    to: to === undefined ? 24 * 60 : minuteOf(to, [...path, 'to']),
    zone: checkedZone(textAt(zone, [...path, 'zone']), [...path, 'zone']),
  }
  if (window.from === window.to) throw new StructureProblem(path, `"${pathText(path)}": from and to are the same time`)
  return window
}

/** `Mon`, `monday` or `Mon-Fri`. */
function dayRange(text: string, path: StructurePath): number[] {
  const [first, last = first] = text.split('-').map((part) => days.indexOf(part.trim().toLowerCase().slice(0, 3)))
  if (first === undefined || last === undefined || first < 0 || last < 0 || text.split('-').length > 2)
    throw new StructureProblem([...path, 'days'], `"${pathText(path)}.days": "${text}" is no day of the week`, [
      'Write Mon, Tue, Wed, Thu, Fri, Sat, Sun or a range such as Mon-Fri.',
    ])
  const length = ((last - first + 7) % 7) + 1
  return Array.from({ length }, (_none, index) => (first + index) % 7)
}

function minuteOf(value: unknown, path: StructurePath): number {
  const match = /^(\d\d?):(\d\d)$/.exec(typeof value === 'string' ? value.trim() : '')
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN
  if (match && Number(match[2]) < 60 && minute <= 24 * 60) return minute
  throw new StructureProblem(path, `"${pathText(path)}" must be a time of day such as "08:30"`)
}

function checkedZone(zone: string, path: StructurePath): string {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return zone
  } catch {
    throw new StructureProblem(path, `"${pathText(path)}": "${zone}" is no time zone that this machine knows`, [
      'Write an IANA name such as Europe/Berlin or UTC.',
    ])
  }
}
