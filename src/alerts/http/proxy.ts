/** The proxy that the environment names for a URL. */
import { bareHost, isExcludedFromProxy, isLocalHost, portOf } from '../../base/no-proxy.js'
import { sendFailure } from './failure.js'

/** The variables that name a proxy, in either case; nothing else of it is read. */
export type ProxyEnv = Record<string, string | undefined>

/** A proxy, its credentials apart so that no library can show them. */
export interface Proxy {
  /** Without user info and path. */
  url: string
  /** Host and port, to be shown. */
  place: string
  /** The value of `Proxy-Authorization`. */
  authorization: string | undefined
}

/** The proxy for a URL, or undefined. Throws where the variable holds none that can be used, without showing it. */
export function proxyFor(url: URL, env: ProxyEnv): Proxy | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = read(env, name)
  if (value === '' || isLocalHost(bareHost(url)) || isExcludedFromProxy(url, read(env, 'NO_PROXY'))) return undefined
  const text = value.includes('://') ? value : `http://${value}`
  const proxy = URL.canParse(text) ? new URL(text) : undefined
  if (proxy?.protocol !== 'http:' && proxy?.protocol !== 'https:') {
    throw sendFailure(`${name} does not name a proxy that can be used: it must be an http:// or https:// address`, true)
  }
  return { url: proxy.origin, place: `${proxy.hostname}:${portOf(proxy)}`, authorization: authorizationOf(proxy) }
}

function read(env: ProxyEnv, name: string): string {
  return (env[name] ?? env[name.toLowerCase()] ?? '').trim()
}

function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '') return undefined
  const pair = `${plain(username)}:${plain(password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
