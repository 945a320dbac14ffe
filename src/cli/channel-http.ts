/** What a channel speaks to the network with: the one sender and lookup, under the channel's own policy. */
import { X509Certificate } from 'node:crypto'

import type { PluginContext } from '@arbk8s/plugin-kit'

import { ArbError, messageOf } from '../base/errors.js'
import { readTextFile, reasonOf } from '../base/files.js'
import { masker } from './masker.js'

export interface ChannelHttpOptions {
  timeoutMs: number
  allowPrivate: boolean
  /** Certificates of the authorities that are trusted, and no others; absolute. */
  caFile: string | undefined
  /** True where something is to be sent through it. */
  sends: boolean
  /** The CLI's, for the user agent. */
  version: string
  signal: AbortSignal
}

const maxCaBytes = 1024 * 1024

/**
 * Why the sender would refuse the web address in a channel's settings, by the address alone: a dry-run asks no network and
 * must still not promise what is never sent.
 */
export async function refusedAddress(
  { webhook_url, api_url }: Record<string, unknown>,
  policy: Pick<ChannelHttpOptions, 'allowPrivate'>,
): Promise<string | undefined> {
  const url = webhook_url || api_url
  if (typeof url !== 'string' || url === '') return undefined
  const { checkedUrl } = await import('../alerts/http/checked-url.js')
  try {
    checkedUrl(url, policy)
    return undefined
  } catch (error) {
    return masker.mask(messageOf(error))
  }
}

/** Throws ARB_CONFIG_INVALID where the file of certificates cannot be used. */
export async function channelHttp(options: ChannelHttpOptions): Promise<Pick<PluginContext, 'http' | 'lookup'>> {
  const { caFile, sends, version, ...policy } = options
  const { createHttpSender, loadHttp } = await import('../alerts/http/sender.js')
  if (sends) await loadHttp()
  const { createAddressLookup } = await import('../alerts/http/lookup.js')
  const http = createHttpSender({
    ...policy,
    ca: caFile === undefined ? undefined : await certificates(caFile),
    env: process.env,
    mask: masker.mask,
    userAgent: `arbk8s/${version}`,
  })
  return { http, lookup: createAddressLookup(policy) }
}

async function certificates(file: string): Promise<string> {
  try {
    const text = await readTextFile(file, maxCaBytes)
    const parts = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
    if (parts.length === 0) throw new Error('it holds no certificate in PEM form')
    for (const part of parts) new X509Certificate(part)
    return parts.join('\n')
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? reasonOf(error) : messageOf(error)
    throw new ArbError({ code: 'ARB_CONFIG_INVALID', message: `ca_file ${file}: ${why}`, cause: error })
  }
}
