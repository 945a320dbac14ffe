import { ArbError } from './errors.js'

const unitMs: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/**
 * Milliseconds of a Go duration (`30s`, `5m`, `1h30m`, `0`), as kubectl reads them; a bare number is refused there and
 * here, except where `bareUnit` says what the original tool's bare number meant. More than `longest`, a duration too,
 * is refused.
 */
export function parseDuration(
  text: string,
  options: { flag?: string; bareUnit?: 's'; longest?: string | undefined } = {},
): number {
  const ms = millisecondsOf(text, options)
  if (options.longest !== undefined && ms > parseDuration(options.longest)) throw tooLong(text, options)
  return ms
}

function millisecondsOf(text: string, options: { flag?: string; bareUnit?: 's' }): number {
  const source = text.trim()
  if (source === '0') return 0
  if (options.bareUnit && /^\d+(\.\d+)?$/.test(source)) return Number(source) * unitMs[options.bareUnit]!
  let total = 0
  part.lastIndex = 0
  while (part.lastIndex < source.length) {
    const match = part.exec(source)
    if (!match) throw invalid(text, options.flag)
    total += Number(match[1]) * unitMs[match[2]!]!
  }
  if (source === '' || !Number.isFinite(total)) throw invalid(text, options.flag)
  return total
}

function tooLong(text: string, { flag = 'duration', longest = '' }: { flag?: string; longest?: string | undefined }) {
  return new ArbError({ code: 'ARB_USAGE', message: `${flag}: "${text}" is too long; the longest is ${longest}` })
}

function invalid(text: string, flag = 'duration'): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: `${flag}: "${text}" is not a duration`,
    hints: ['Write a number with a unit, for example 30s, 5m or 1h30m.'],
  })
}

/** Milliseconds as people read them: `850ms`, `12s`, `3m20s`, `2h5m`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes}m${seconds % 60}s` : `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours}h${minutes % 60}m` : `${hours}h`
  const days = Math.floor(hours / 24)
  return hours % 24 ? `${days}d${hours % 24}h` : `${days}d`
}
