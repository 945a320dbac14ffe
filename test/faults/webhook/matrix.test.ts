/**
 * The fault matrix of the webhook: 16 behaviours, at first and always. Within this process for all of them, through the
 * built CLI for some, or all with ARBK8S_FAULTS=full; the figures are printed then.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import type { PluginContext } from '../../../plugins/plugin-kit/src/index.js'
import { sampleAlert, sampleRecord } from '../../../plugins/plugin-kit/src/testing/index.js'
import hook from '../../../plugins/plugin-webhook/src/notifier.js'
import { mapBounded } from '../../../src/base/wait.js'
import { deliver } from '../../../src/alerts/deliver.js'
import { createHttpSender } from '../../../src/alerts/http/sender.js'
import { repoRoot, runCli, runCliJson } from '../../helpers/cli.js'
import { type Behaviour, type Sink, startSink } from '../../helpers/http-sink.js'
import { badTries, type Case, cases, expected, played } from './behaviours.js'

const full = process.env.ARBK8S_FAULTS === 'full'
const rounds = full ? 25 : 1
/** Those that go through the CLI also at the reduced count: one of each kind that differs there. */
const throughCli = ['204', '410', '429 with Retry-After', 'reset', 'hang']

interface Limits {
  timeoutMs: number
  deadlineMs: number
}

/** Only a receiver that hangs needs a short try; a busy machine must not look like one. */
function limitsFor({ name, how }: Case): Limits {
  if (name === 'hang') return { timeoutMs: 1500, deadlineMs: 8000 }
  return { timeoutMs: 10_000, deadlineMs: how === 'always' ? 5000 : 30_000 }
}

const title = ({ name, how }: Case): string =>
  `${name} ${how === 'first' ? `at the first ${badTries} tries` : 'always'}`

/** Work of all cases, begun at the first question and so many at once: receivers that hang cost their time once. */
function sideBySide<T>(all: Case[], limit: number, work: (each: Case) => Promise<T>): (each: Case) => Promise<T> {
  const results = new Map<Case, T | Error>()
  let begun: Promise<unknown> | undefined
  return async (each) => {
    begun ??= mapBounded(all, limit, async (one) => {
      results.set(one, await work(one).catch((error: Error) => error))
    })
    await begun
    const result = results.get(each)!
    if (result instanceof Error) throw result
    return result
  }
}

describe('webhook: the fault matrix', function () {
  this.timeout(full ? 1_800_000 : 120_000)
  const sinks: Sink[] = []
  const sink = async (behaviour?: Behaviour): Promise<Sink> => {
    const started = await startSink(behaviour)
    sinks.push(started)
    return started
  }
  after(async () => {
    await Promise.all(sinks.splice(0).map((each) => each.close()))
  })
  const figures: Record<string, string>[] = []
  after(() => {
    if (full) console.table(figures)
  })

  /** One alert by the plugin, the sender and the retry loop as the CLI puts them together. */
  async function send(url: string, limits: Limits) {
    const { signal } = new AbortController()
    const http = createHttpSender({ timeoutMs: limits.timeoutMs, allowPrivate: true, signal })
    const host = { settings: { webhook_url: url }, http, now: () => new Date() } as unknown as PluginContext
    return deliver(await hook({ host }), sampleAlert(), { ...limits, signal, random: () => Math.random() * 0.3 })
  }

  async function oneRound(each: Case): Promise<{ requests: number; taken: number; ids: number }> {
    const { behaviour, taken } = played(each)
    const { url, requests } = await sink(behaviour)
    const result = await send(`${url}/hook`, limitsFor(each))
    const want = expected(each)
    expect(result.delivered, JSON.stringify(result)).to.equal(want.delivered)
    expect(taken()).to.equal(want.taken)
    if (want.tries === 'several') expect(requests.length).to.be.greaterThan(badTries)
    else expect(requests).to.have.length(want.tries)
    expect(result.tries).to.equal(requests.length)
    const ids = new Set(requests.map(({ headers }) => headers['idempotency-key']))
    return { requests: requests.length, taken: taken(), ids: ids.size }
  }

  const inProcess = sideBySide(cases, full ? 8 : cases.length, (each) =>
    mapBounded(Array.from({ length: rounds }), 5, () => oneRound(each)),
  )
  for (const each of cases) {
    it(title(each), async () => {
      const all = await inProcess(each)
      for (const { ids } of all) expect(ids, 'one alert, one id').to.equal(1)
      const tries = all.map(({ requests }) => requests)
      figures.push({
        behaviour: each.name,
        when: each.how === 'first' ? `first ${badTries}` : 'always',
        rounds: String(rounds),
        requests: [...new Set([Math.min(...tries), Math.max(...tries)])].join(' to '),
        taken: String(all.reduce((sum, { taken }) => sum + taken, 0)),
        outcome: expected(each).delivered ? 'delivered' : 'not delivered',
      })
    })
  }

  describe('through the CLI', () => {
    let home: string
    let env: Record<string, string>
    const record = async (): Promise<string> => {
      const folder = await mkdtemp(path.join(home, 'run-'))
      const records = [sampleRecord(0), sampleRecord(1, { overall_health: 'ERROR', jobs_error: 1 })]
      await writeFile(path.join(folder, 'history.jsonl'), records.map((line) => `${JSON.stringify(line)}\n`).join(''))
      return folder
    }
    const channel = (url: string) => ({
      type: 'webhook',
      webhook_url: `${url}/hook`,
      allow_private: true,
    })
    const seconds = ({ timeoutMs, deadlineMs }: Limits) => ({ timeout: timeoutMs / 1000, deadline: deadlineMs / 1000 })
    /** `alerts send --no-dry-run` to channels of an arbk8s.yaml. */
    const alert = async (channels: Record<string, unknown>) => {
      const cwd = await record()
      await writeFile(path.join(cwd, 'arbk8s.yaml'), JSON.stringify({ channels, channel_type: Object.keys(channels) }))
      const place = ['--history-file', 'history.jsonl', '-n', 'trading-bots', '-l', 'session_id=demo']
      return runCliJson<{ alerts: { channel: string; status: string; reason: string }[] }>(
        ['alerts', 'send', '--no-dry-run', ...place],
        { cwd, env },
      )
    }
    before(async () => {
      home = await mkdtemp(path.join(tmpdir(), 'arbk8s-webhook-'))
      env = { XDG_DATA_HOME: path.join(home, 'data') }
      const linked = await runCli(['plugins', 'link', '--no-install', path.join(repoRoot, 'plugins/plugin-webhook')], {
        env,
      })
      expect(linked.code, linked.stderr).to.equal(0)
    })
    after(() => rm(home, { recursive: true, force: true }))

    const chosen = cases.filter(({ name }) => full || throughCli.includes(name))
    const byCli = sideBySide(chosen, full ? 4 : 6, async (each) => {
      const { behaviour, taken } = played(each)
      const { url, requests } = await sink(behaviour)
      return {
        ...(await alert({ ops: { ...channel(url), ...seconds(limitsFor(each)) } })),
        taken: taken(),
        requests: requests.length,
      }
    })
    for (const each of chosen) {
      it(title(each), async () => {
        const { code, json, taken, requests } = await byCli(each)
        const want = expected(each)
        expect(code, JSON.stringify(json)).to.equal(want.delivered ? 0 : 1)
        expect(json.alerts[0]!.status).to.equal(want.delivered ? 'delivered' : 'failed')
        expect(taken).to.equal(want.taken)
        if (want.tries === 'several') {
          expect(requests).to.be.greaterThan(badTries)
          expect(json.alerts[0]!.reason).to.match(/\(\d+ tries in \d+s\)$/)
        } else expect(requests).to.equal(want.tries)
      })
    }

    it('a mute channel holds up none: the healthy one has its alert while the mute one still waits', async () => {
      const mute = await sink(() => undefined)
      let muteRequestsThen = -1
      const healthy = await sink((response) => {
        muteRequestsThen = mute.requests.length
        response.end('ok')
      })
      const { code, json } = await alert({
        mute: { ...channel(mute.url), timeout: '2s', deadline: '5s' },
        healthy: channel(healthy.url),
      })
      expect(code).to.equal(1)
      expect(json.alerts.map(({ channel: name, status }) => `${name} ${status}`)).to.deep.equal([
        'mute failed',
        'healthy delivered',
      ])
      expect(healthy.requests).to.have.length(1)
      expect(muteRequestsThen).to.be.at.most(1)
      expect(mute.requests.length).to.be.greaterThan(1)
    })
  })
})
