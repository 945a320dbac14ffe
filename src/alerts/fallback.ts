/** The channel that stands in where another failed: it gets the alert once, and the failure stays one. */
import type { Attempt } from './ledger.js'
import { arrived } from './attempts.js'
import { type Channel, channelNamed, idOf } from './channel.js'
import type { DeliveryLimits } from './deliver.js'
import type { Due } from './lifecycle.js'
import { type ChannelReport, claimMs, type RunContext, workChannel } from './send-channel.js'

/** What stand-ins are worked out with. */
export interface StandInOptions extends DeliveryLimits {
  channels: Channel[]
  /** What a channel would be told if the alert were for it. */
  decide: (channel: Channel, attempts: Attempt[], forced: boolean) => Due[]
}

interface StandIn {
  channel: Channel
  failed: Due[]
  names: string[]
}

/** Sends what failed to the channels that stand in, and to those that stand in for these. */
export async function standIns(
  reports: ChannelReport[],
  context: RunContext,
  options: StandInOptions,
): Promise<ChannelReport[]> {
  const all: ChannelReport[] = []
  // One that has just failed is not tried at once again.
  const asked = new Set(reports.filter(hasFailed).map(({ channel }) => idOf(channel)))
  for (let failed = reports; failed.length > 0;) {
    const next = wanted(failed, options.channels).filter(({ channel }) => !asked.has(idOf(channel)))
    for (const { channel } of next) asked.add(idOf(channel))
    failed = await Promise.all(next.map((standIn) => workStandIn(standIn, context, options)))
    all.push(...failed)
  }
  return all
}

function hasFailed({ outcomes }: ChannelReport): boolean {
  return outcomes.some(({ status }) => status === 'failed')
}

/** Each fallback channel once, with all that failed on those for which it stands in. */
function wanted(reports: ChannelReport[], channels: Channel[]): StandIn[] {
  const wants = new Map<string, StandIn>()
  for (const { channel, failed } of reports) {
    const fallback = channel.fallback === undefined ? undefined : channelNamed(channels, channel.fallback)
    if (!fallback || failed.length === 0) continue
    const want = wants.get(idOf(fallback)) ?? { channel: fallback, failed: [], names: [] }
    want.failed.push(...failed)
    want.names.push(channel.name)
    wants.set(idOf(fallback), want)
  }
  return [...wants.values()]
}

async function workStandIn(
  { channel, failed, names }: StandIn,
  context: RunContext,
  options: StandInOptions,
): Promise<ChannelReport> {
  const times = { now: context.now(), claimMs: claimMs(channel, options) }
  const duesOf = (attempts: Attempt[]): Due[] => {
    const own = options.decide(channel, attempts, true)
    const toldOver = arrived(attempts, times).filter(({ intent }) => intent.kind === 'resolved')
    const over = failed.filter(
      ({ kind, incident }) => kind === 'resolved' && !toldOver.some(({ intent }) => intent.incident.id === incident.id),
    )
    const open = own.filter(
      ({ kind, incident }) => kind && kind !== 'resolved' && failed.some((due) => due.incident.id === incident.id),
    )
    return uniqueById([...over, ...open])
  }
  return workChannel({ channel, context, duesOf, standsInFor: names })
}

function uniqueById(dues: Due[]): Due[] {
  return [...new Map(dues.map((due) => [`${due.incident.id} ${due.kind}`, due])).values()]
}
