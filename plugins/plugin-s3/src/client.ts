/** The SDK's client, loaded when it is first needed, and a look at each raw answer before the SDK takes it for one. */
import type * as S3 from '@aws-sdk/client-s3'
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3'
import type { Logger } from '@arbk8s/plugin-kit'

import { JunkAnswer, Redirected } from './errors.js'
import type { S3Settings } from './settings.js'

export type Sdk = typeof S3

/** The SDK and a client of it. */
export interface Connection {
  sdk: Sdk
  client: S3Client
}

const connectTimeoutMs = 5000

/** Loads the SDK and makes a client; nothing is sent yet. */
export async function connect(settings: S3Settings, log: Logger): Promise<Connection> {
  // The SDK writes about the Node versions of its future to stderr; which Node runs is the CLI's affair.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const sdk = await import('@aws-sdk/client-s3')
  const client = new sdk.S3Client(configOf(settings, log))
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      checkRaw(result.response as RawAnswer)
      return result
    },
    // Next to the wire: it sees the answer before it is parsed.
    { step: 'deserialize', priority: 'low', name: 'arbk8sCheckRaw' },
  )
  return { sdk, client }
}

function configOf(settings: S3Settings, log: Logger): S3ClientConfig {
  const { endpoint, region, profile, pathStyle, checksums } = settings
  const when = checksums === 'required-only' ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED'
  return {
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(profile && { profile }),
    ...(checksums && { requestChecksumCalculation: when, responseChecksumValidation: when }),
    forcePathStyle: pathStyle,
    followRegionRedirects: false,
    // Tries are counted and timed here, since the SDK repeats neither 409 nor an answer that is none.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: Math.min(connectTimeoutMs, settings.timeoutMs),
      requestTimeout: settings.timeoutMs,
      logger: quiet(log),
    },
    logger: quiet(log),
  }
}

/** The SDK logs whole requests; only its warnings are handed on, and only where somebody debugs. */
function quiet(log: Logger): NonNullable<S3ClientConfig['logger']> {
  const nothing = (): void => undefined
  const warn = (...parts: unknown[]): void => log.debug(parts.filter((part) => typeof part === 'string').join(' '))
  return { trace: nothing, debug: nothing, info: nothing, warn, error: nothing }
}

interface RawAnswer {
  statusCode: number
  headers: Record<string, string | undefined>
  body?: { destroy?: () => void; on?: (event: 'error', listener: () => void) => void }
}

function checkRaw({ statusCode, headers, body }: RawAnswer): void {
  // Some stores call an empty answer text/html.
  const filled = statusCode === 200 && headers['content-length'] !== '0'
  const html = filled && /^\s*(text\/html|application\/xhtml)/i.test(headers['content-type'] ?? '')
  const redirect = statusCode >= 300 && statusCode < 400
  if (!redirect && !html) return
  body?.on?.('error', () => undefined)
  body?.destroy?.()
  if (redirect) throw new Redirected(statusCode, headers['x-amz-bucket-region'])
  throw new JunkAnswer('the answer is an HTML page')
}
