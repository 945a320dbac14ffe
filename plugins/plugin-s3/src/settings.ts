/** The store's settings: from the config's `stores.s3`, then from the environment, then what suits the endpoint. */
import { settingsError } from './location.js'

/** How to reach the bucket. What is undefined is left to the AWS chain. */
export interface S3Settings {
  endpoint: string | undefined
  region: string | undefined
  profile: string | undefined
  pathStyle: boolean
  /** `required-only` sends and checks no checksum that the API does not ask for, as most other stores want it. */
  checksums: 'required-only' | 'always' | undefined
  /** The longest one call may take with all its tries, in ms. */
  timeoutMs: number
}

const known = ['endpoint', 'region', 'profile', 'path_style', 'checksums', 'timeout']
const defaultTimeoutMs = 20_000

type Environment = Record<string, string | undefined>

/** Throws with `code: 'ERR_SETTINGS'` where a setting is unknown or wrong. */
export function readSettings(given: Record<string, unknown>, env: Environment): S3Settings {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown) throw settingsError(`the s3 store has no setting "${unknown}"; it has ${known.join(', ')}`)
  const endpoint = endpointOf(
    text(given, 'endpoint') ?? firstOf(env, ['ARBK8S_HISTORY_S3_ENDPOINT', 'AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL']),
  )
  const region = text(given, 'region') ?? firstOf(env, ['ARBK8S_HISTORY_S3_REGION', 'AWS_REGION', 'AWS_DEFAULT_REGION'])
  return {
    endpoint,
    // A store elsewhere seldom has regions; this one is what they expect then.
    region: region ?? (endpoint ? 'us-east-1' : undefined),
    profile: text(given, 'profile') ?? firstOf(env, ['ARBK8S_HISTORY_S3_PROFILE']),
    pathStyle: flag(given.path_style ?? firstOf(env, ['ARBK8S_HISTORY_S3_PATH_STYLE'])) ?? endpoint !== undefined,
    checksums: checksumsOf(given, env, endpoint),
    timeoutMs: duration(given.timeout ?? firstOf(env, ['ARBK8S_HISTORY_S3_TIMEOUT'])),
  }
}

function firstOf(env: Environment, names: string[]): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== '')
}

function text(given: Record<string, unknown>, key: string): string | undefined {
  const value = given[key]
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw settingsError(`stores.s3.${key} must be text`)
  return value
}

function endpointOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw settingsError('the S3 endpoint must be a URL such as https://s3.example.com')
  }
  if (url.username || url.password) throw settingsError('the S3 endpoint may not hold a user or password')
  if (url.search || url.hash) throw settingsError('the S3 endpoint may not hold "?" or "#"')
  return url.href.replace(/\/+$/, '')
}

function flag(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (value === true || value === 'true' || value === '1') return true
  if (value === false || value === 'false' || value === '0') return false
  throw settingsError('stores.s3.path_style must be true or false')
}

function checksumsOf(
  given: Record<string, unknown>,
  env: Environment,
  endpoint: string | undefined,
): S3Settings['checksums'] {
  const value = given.checksums ?? firstOf(env, ['ARBK8S_HISTORY_S3_CHECKSUMS'])
  if (value === 'required-only' || value === 'always') return value
  if (value !== undefined && value !== null) {
    throw settingsError('stores.s3.checksums must be "required-only" or "always"')
  }
  const chosenForAws = env.AWS_REQUEST_CHECKSUM_CALCULATION ?? env.AWS_RESPONSE_CHECKSUM_VALIDATION
  return endpoint && !chosenForAws ? 'required-only' : undefined
}

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000 }

function duration(value: unknown): number {
  if (value === undefined || value === null) return defaultTimeoutMs
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(typeof value === 'string' ? value.trim() : '')
  const ms = match ? Number(match[1]) * unitMs[match[2]!]! : Number.NaN
  if (ms >= 100 && ms <= 600_000) return ms
  throw settingsError('stores.s3.timeout must be a duration from 100ms to 10m, such as 20s')
}
