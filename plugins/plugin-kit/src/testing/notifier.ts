/** What every notifier must do, as tests. */
import type { HttpResponse, Notifier, PluginContext } from '../index.js'
import type { TestFramework } from './framework.js'
import { contractChecks } from './notifier-contract.js'
import { httpChecks } from './notifier-http.js'
import { textChecks } from './notifier-text.js'

export interface TestNotifierOptions {
  name: string
  /** The notifier as its hook makes it. */
  open(context: PluginContext): Promise<Notifier> | Notifier
  settings?: Record<string, unknown>
  /** Secret values within the settings; none may appear in a preview, a delivery, an error or a log line. */
  secrets?: string[]
  /** Settings that must be refused with `ERR_SETTINGS`, and the setting that the message must name. */
  settingsCases?: { settings: Record<string, unknown>; names: string }[]
  /** What is active in the medium, e.g. `/<!channel/`: text of the cluster must never add one to a message. */
  active?: RegExp[]
  /** The most characters that a message may have however big its alert is; default 1,048,576. */
  maxBody?: number
  /** The answer of a service that took the alert; needed where the notifier sends through `context.http`. */
  accepted?: HttpResponse
  /**
   * Further answers that refuse the alert, beside the usual 4xx and 5xx; `permanent` where the body says otherwise than
   * the status.
   */
  refused?: (HttpResponse & { permanent?: boolean })[]
}

/** Registers the suite of a notifier. */
export function testNotifier({ describe, it }: TestFramework, options: TestNotifierOptions): void {
  const checks = { ...contractChecks, ...textChecks, ...(options.accepted && httpChecks) }
  describe(`${options.name} keeps the contract of a notifier`, () => {
    for (const [title, check] of Object.entries(checks)) it(title, () => check(options))
  })
}
