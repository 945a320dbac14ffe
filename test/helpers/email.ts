/** The email channel as the host opens it, for tests. */
import type { Notifier, PluginContext } from '@arbk8s/plugin-kit'

import hook from '../../plugins/plugin-email/src/notifier.js'
import { login } from './smtp.js'

export const now = new Date('2025-11-16T10:06:00Z')

/** A context whose lookup answers loopback, whatever the name. */
export function emailContext(settings: Record<string, unknown>, over: Partial<PluginContext> = {}): PluginContext {
  const ignore = (): void => undefined
  return {
    settings,
    http: () => Promise.reject(new Error('no HTTP here')),
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    timeoutMs: 5000,
    print: ignore,
    log: { debug: ignore, info: ignore, warn: ignore },
    now: () => now,
    signal: new AbortController().signal,
    ...over,
  }
}

/** Settings that fit a server of the helpers; `over` replaces or, with undefined, takes away. */
export function emailSettings(
  { port, ca }: { port: number; ca: string },
  over: Record<string, unknown> = {},
): Record<string, unknown> {
  const settings = {
    host: 'localhost',
    port,
    ...login,
    from: 'alerts@tuning.example',
    to: ['oncall@example.com', 'lead@example.com'],
    smtp_ca: ca,
    ...over,
  }
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

export async function openEmail(
  settings: Record<string, unknown>,
  over: Partial<PluginContext> = {},
): Promise<Notifier> {
  return hook({ host: emailContext(settings, over) })
}
