/** What a YAML parser says about a mistake, without what it repeats of the text: that may be a secret, and line and column tell where. */

const quoted = /(?:: ".*"| directive \S.*|(?<=(?:extra characters|tag|must be set before the alias\))): .*)$/s

/** E.g. `Unresolved tag` for `Unresolved tag: !text`. */
export function withoutSource(message: string): string {
  return message.replace(quoted, (found) => (found.startsWith(' directive') ? ' directive' : ''))
}
