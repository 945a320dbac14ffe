/** The notifier `console`: title and body on the terminal. */
import type { Alert, NotifierHook } from '@arbk8s/plugin-kit'

import { messageOf } from '../base/errors.js'
import { clean, cleanLine, shorten } from '../base/text.js'

const maxTitle = 1000
const maxText = 64_000

/**
 * What the console shows of an alert. Nothing in it acts: a history that others wrote may hold terminal escapes, and
 * lines that the runner of a CI job would take for its commands.
 */
export function consoleText({ title, text }: Alert): string {
  return `${inert(shorten(cleanLine(title), maxTitle))}\n\n${inert(shorten(clean(text), maxText))}\n`
}

/** `::name::` at the beginning of a line and `##name[` anywhere are commands of CI runners. */
function inert(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, '$1: ').replace(/##(\w*)\[/g, '## $1[')
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
