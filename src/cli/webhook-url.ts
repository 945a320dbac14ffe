/** The webhook URL of a command line: by flag, variable, file or stdin. */
import { Flags } from '@oclif/core'

import { ArbError } from '../base/errors.js'
import type { ValueSource } from './base-command.js'
import { masker } from './masker.js'
import { readSecretOfFlag } from './secret-file.js'

/** The flags that give it. */
export const webhookUrlFlags = {
  'webhook-url': Flags.string({
    env: 'ARBK8S_WEBHOOK_URL',
    description: 'address for channels that take one; other users of this machine can see it on a command line',
    helpValue: 'URL',
  }),
  'webhook-url-file': Flags.string({
    env: 'ARBK8S_WEBHOOK_URL_FILE',
    description: 'file that holds the address; "-" reads it from stdin',
    helpValue: 'FILE',
  }),
}

export interface WebhookUrlOptions {
  flags: { 'webhook-url'?: string | undefined; 'webhook-url-file'?: string | undefined }
  sources: Record<string, ValueSource>
  /** Says something on stderr. */
  caution: (message: string) => Promise<void>
  signal: AbortSignal
}

/** The address, where one was given: what stands on the command line goes before variables. */
export async function webhookUrlOf({
  flags,
  sources,
  caution,
  signal,
}: WebhookUrlOptions): Promise<string | undefined> {
  const { 'webhook-url': url, 'webhook-url-file': file } = flags
  const onLine = sources['webhook-url']?.from === 'flag'
  if (file !== undefined && onLine && sources['webhook-url-file']?.from === 'flag')
    throw new ArbError({ code: 'ARB_USAGE', message: '--webhook-url and --webhook-url-file are both given' })
  if (url === undefined || (file !== undefined && !onLine))
    return file === undefined ? undefined : readSecretOfFlag('webhook-url-file', file, signal)
  masker.add(url)
  if (onLine)
    await caution(
      'other users of this machine can see --webhook-url on the command line; use --webhook-url-file FILE, "-" for stdin, or the variable ARBK8S_WEBHOOK_URL',
    )
  return url
}
