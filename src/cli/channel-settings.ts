/** A channel's settings parted: what the host itself obeys, and what its plugin is given. Pure. */
import path from 'node:path'

import { parseDuration } from '../base/duration.js'
import { ArbError, messageOf } from '../base/errors.js'

/** What the host obeys of a channel's settings. */
export interface HostSettings {
  /** The plugin's name. */
  type: string
  /** Those that the settings name. */
  limits: { timeoutMs?: number; deadlineMs?: number }
  allowPrivate: boolean
  /** A file of certificates, absolute. */
  caFile: string | undefined
}

/** Where settings stand. */
export interface ChannelPlace {
  /** The key under `channels`. */
  name: string
  /** The settings file; relative paths start in its folder, or where there is none in the working folder. */
  place: string | undefined
}

/** As a timer knows one. */
const longest = '596h'

/** Throws ARB_CONFIG_INVALID, which names the key; `fallback` is obeyed elsewhere and no plugin's business either. */
export function splitChannelSettings(
  entry: Record<string, unknown>,
  at: ChannelPlace,
): { host: HostSettings; settings: Record<string, unknown> } {
  const { type, timeout, deadline, allow_private, ca_file, ...settings } = entry
  delete settings.fallback
  const timeoutMs = durationOf(timeout, 'timeout', at)
  const deadlineMs = durationOf(deadline, 'deadline', at)
  if (timeoutMs === 0) throw wrong(at, 'timeout', 'must be longer than 0')
  if (!['undefined', 'boolean'].includes(typeof (allow_private ?? undefined)))
    throw wrong(at, 'allow_private', 'must be true or false')
  const caFile = textOf(ca_file, 'ca_file', at)
  return {
    host: {
      type: textOf(type, 'type', at) ?? at.name,
      limits: {
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      },
      allowPrivate: allow_private === true,
      caFile: caFile === undefined ? undefined : path.resolve(at.place ? path.dirname(at.place) : '.', caFile),
    },
    settings,
  }
}

/** Milliseconds; a bare number is seconds, as for --timeout-seconds. */
function durationOf(value: unknown, key: string, at: ChannelPlace): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' && typeof value !== 'number')
    throw wrong(at, key, 'must be a duration such as 5s or 1m')
  try {
    return parseDuration(String(value), { bareUnit: 's', longest })
  } catch (error) {
    throw wrong(at, key, `must be a duration such as 5s or 1m: ${messageOf(error).replace(/^duration: /, '')}`)
  }
}

function textOf(value: unknown, key: string, at: ChannelPlace): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string' || value.trim() === '') throw wrong(at, key, 'must be text')
  return value
}

function wrong({ name, place }: ChannelPlace, key: string, what: string): ArbError {
  const file = place === undefined ? '' : `${place}: `
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${file}channels.${name}.${key} ${what}`,
    details: { key: `channels.${name}.${key}`, ...(place === undefined ? {} : { file: place }) },
  })
}
