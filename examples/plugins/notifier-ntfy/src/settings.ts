/** The settings of the channel: `server`, `topic` and, for topics that need it, `token`. */
export interface Settings {
  server: URL
  /** Who knows it reads the messages: it is shown nowhere. */
  topic: string
  token: string | undefined
}

/** The settings checked. Throws an Error with `code: 'ERR_SETTINGS'` that names the setting and what to write. */
export function settingsOf({ server = 'https://ntfy.sh', topic, token }: Record<string, unknown>): Settings {
  if (typeof topic !== 'string' || !/^[\w-]{1,64}$/.test(topic)) {
    throw settingsError('topic is missing or wrong: up to 64 letters, digits, - and _')
  }
  if (typeof server !== 'string' || !URL.canParse(server) || !/^https?:/.test(server)) {
    throw settingsError('server is no address: write https://HOST')
  }
  if (token !== undefined && (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token))) {
    throw settingsError('token is no access token: visible ASCII without spaces')
  }
  return { server: new URL(server), topic, token }
}

function settingsError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SETTINGS' })
}
