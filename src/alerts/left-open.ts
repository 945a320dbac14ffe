/** Channels that were told of an incident and not of its end, whoever is asked for now. */
import type { HistoryStore } from '@arbk8s/plugin-kit'

import { type AttemptTimes, begun, byIncident, standing, usualClaimMs } from './attempts.js'
import { type Channel, idOf } from './channel.js'
import type { Attempt, SeriesKey } from './ledger.js'
import { LedgerView } from './ledger-view.js'

/** The ids of all channels that the ledger says are owed the end of an incident of the series, now or later. */
export async function toldChannels(
  ledger: HistoryStore,
  { now, ...key }: SeriesKey & { now: () => Date },
): Promise<string[]> {
  const attempts = (await new LedgerView(ledger, now).load()).attemptsOf(key)
  const times = { now: now(), claimMs: usualClaimMs }
  return channelsOf(attempts).filter((channel) => openIncidents(attempts, channel, times).length > 0)
}

/** In words, one for each channel and incident. `attempts` are those about the series, `present` the open incident's id. */
export function leftOpenNotes(
  attempts: Attempt[],
  { channels, present, times }: { channels: Channel[]; present: string | undefined; times: AttemptTimes },
): string[] {
  const known = new Set(channels.map(idOf))
  const strangers = channelsOf(attempts).filter((channel) => !known.has(channel))
  return strangers.flatMap((channel) =>
    openIncidents(attempts, channel, times)
      .filter((incident) => incident !== present)
      .map(
        (incident) =>
          `Channel ${channel} was told of incident ${incident} and not of its end, and this run does not speak to it: ` +
          `name it once more in a route or by --channel, or close the incident there.`,
      ),
  )
}

function channelsOf(attempts: Attempt[]): string[] {
  return [...new Set(attempts.map(({ channel }) => channel))]
}

/** The ids of what the channel was told of and not of the end. */
function openIncidents(attempts: Attempt[], channel: string, times: AttemptTimes): string[] {
  return [...byIncident(begun(attempts.filter((attempt) => attempt.channel === channel)))]
    .filter(([, own]) => standing(own, times).open)
    .map(([incident]) => incident)
}
