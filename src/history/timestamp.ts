/** Timestamps as records carry them: RFC 3339 in UTC. */

const form = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)?$/

/**
 * The same moment as RFC 3339 in UTC, or undefined where the text is no timestamp. One without a zone is UTC, as the
 * original tool wrote them; digits of a second are kept.
 */
export function utcTimestamp(text: string): string | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [, day, time, zone = 'Z'] = match
  const moment = new Date(`${day}T${time}${zone}`)
  if (Number.isNaN(moment.getTime())) return undefined
  return /^(Z|[+-]00:?00)$/.test(zone) ? `${day}T${time}Z` : moment.toISOString()
}
