/** Channels that were told of an incident which is over, and that no run with these channels tells of its end. Pure. */
import { type AttemptTimes, begun, byIncident, standing } from './attempts.js'
import { type Channel, idOf } from './channel.js'
import type { Attempt } from './ledger.js'

/** In words, one for each channel and incident. `attempts` are those about the series, `present` the open incident's id. */
export function leftOpenNotes(
  attempts: Attempt[],
  { channels, present, times }: { channels: Channel[]; present: string | undefined; times: AttemptTimes },
): string[] {
  const known = new Set(channels.map(idOf))
  const strangers = [...new Set(attempts.map(({ channel }) => channel))].filter((channel) => !known.has(channel))
  return strangers.flatMap((channel) =>
    [...byIncident(begun(attempts.filter((attempt) => attempt.channel === channel)))]
      .filter(([incident, own]) => incident !== present && standing(own, times).open)
      .map(
        ([incident]) =>
          `Channel ${channel} was told of incident ${incident} and not of its end, and this run does not speak to it: ` +
          `name it once more in a route or by --channel, or close the incident there.`,
      ),
  )
}
