/** The notifier `console`: title and body on the terminal. */
import type { Alert, NotifierHook } from '@arbk8s/plugin-kit'

import { messageOf } from '../base/errors.js'

/** What the console shows of an alert. */
export function consoleText({ title, text }: Alert): string {
  return `${title}\n\n${text}\n`
}

const hook: NotifierHook = ({ host }) => ({
  apiVersion: 1,
  preview: async (alert) => ({
    destination: 'stdout',
    contentType: 'text/plain; charset=utf-8',
    body: consoleText(alert),
  }),
  send: async (alert) => {
    try {
      await host.print(consoleText(alert))
      return { delivered: true }
    } catch (error) {
      // What nobody reads now, nobody reads a moment later.
      return { delivered: false, permanent: true, reason: messageOf(error) }
    }
  },
})
export default hook
