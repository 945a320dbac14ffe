/**
 * The alert stage among killed runs, runs at once and dead channels. With ARBK8S_FAULT_ROUNDS=100 the full count; its
 * figures stand in docs/reference/reliability.md.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { expect } from 'chai'

import { sampleRecord } from '../../plugins/plugin-kit/src/testing/index.js'

const sender = fileURLToPath(new URL('alerts-sender.mjs', import.meta.url))
const rounds = Number(process.env.ARBK8S_FAULT_ROUNDS ?? 0)
const hour = 3_600_000

interface Run {
  child: ChildProcess
  output: () => string
}

describe('alerts under faults', function () {
  this.timeout(600_000)
  let folder: string
  let sink: Server
  let url: string
  let received: { path: string; id: string }[]
  const runs: Run[] = []

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-alert-faults-'))
    received = []
    sink = createServer((request, response) => {
      if (request.method === 'HEAD') return void response.end()
      if (request.url === '/mute') return
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        // What is here has been delivered, whether the sender lives to learn it or not.
        received.push({ path: request.url!, id: (JSON.parse(body) as { id: string }).id })
        setTimeout(() => response.end('ok'), 15)
      })
    }).listen(0, '127.0.0.1')
    await once(sink, 'listening')
    url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    for (const { child } of runs.splice(0)) child.kill('SIGKILL')
    sink.closeAllConnections()
    sink.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function incident(name: string): Promise<string> {
    const file = path.join(folder, `${name}.jsonl`)
    const records = [sampleRecord(0), sampleRecord(1, { overall_health: 'ERROR', jobs_error: 1 })]
    await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    return file
  }

  /** A run that stands ready; `go` lets it begin. */
  async function ready(options: object): Promise<Run> {
    const child = spawn(process.execPath, [sender, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
    let text = ''
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    child.stdin!.on('error', () => undefined)
    const run = { child, output: () => text }
    runs.push(run)
    await once(child.stdout!, 'data')
    return run
  }

  async function finish({ child, output }: Run): Promise<{ channel: string; status: string }[]> {
    child.stdin!.write('go\n')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
    return JSON.parse(output().split('\n')[1] || '[]') as { channel: string; status: string }[]
  }

  it('loses no alert to kill -9 at any moment, and sends it at most twice, with one id', async () => {
    const killedIn: Record<string, number> = {}
    let [doubles, lost] = [0, 0]
    const total = rounds || 8
    for (let round = 0; round < total; round++) {
      const history = await incident(`kill${round}`)
      const channels = { ops: `${url}/${round}` }
      const run = await ready({ history, channels })
      run.child.stdin!.write('go\n')
      // From the first trace in the ledger on: before that there is nothing to lose.
      while (run.child.exitCode === null && !existsSync(`${history}.alerts.jsonl`)) await delay(1)
      await delay(Math.random() * 60)
      run.child.kill('SIGKILL')
      if (run.child.exitCode === null && run.child.signalCode === null) await once(run.child, 'close')
      const phase = await lastPhase(history)
      killedIn[phase] = (killedIn[phase] ?? 0) + 1
      // An hour later, when nothing of it can be under way any more; and once more.
      await finish(await ready({ history, channels, shiftMs: hour }))
      await finish(await ready({ history, channels, shiftMs: 2 * hour }))
      const ids = received.filter((entry) => entry.path === `/${round}`).map(({ id }) => id)
      if (ids.length === 0) lost++
      if (ids.length === 2) doubles++
      expect(ids.length, `round ${round}, killed in ${phase}`).to.be.within(1, 2)
      expect(new Set(ids).size, `round ${round}`).to.equal(1)
    }
    if (rounds) console.log(`      killed ${total}: ${JSON.stringify(killedIn)}; lost ${lost}, sent twice ${doubles}`)
    expect(lost).to.equal(0)
  })

  it('sends once where eight runs begin at the same moment', async () => {
    const total = rounds ? Math.ceil(rounds / 4) : 2
    let yielded = 0
    for (let round = 0; round < total; round++) {
      const history = await incident(`race${round}`)
      const racers = await Promise.all(
        Array.from({ length: 8 }, () => ready({ history, channels: { ops: `${url}/race${round}` } })),
      )
      const outcomes = (await Promise.all(racers.map(finish))).flat()
      expect(received.filter((entry) => entry.path === `/race${round}`)).to.have.length(1)
      expect(outcomes.filter(({ status }) => status === 'delivered')).to.have.length(1)
      yielded += outcomes.filter(({ status }) => status === 'not_due').length
    }
    if (rounds) console.log(`      ${total} races of 8: ${total} delivered, ${yielded} left alone`)
    expect(yielded).to.equal(total * 7)
  })

  it('delivers to the healthy channel at once beside one that answers nothing and one that is not there', async () => {
    const total = rounds ? Math.ceil(rounds / 4) : 2
    for (let round = 0; round < total; round++) {
      const history = await incident(`dead${round}`)
      const channels = { mute: `${url}/mute`, gone: 'http://127.0.0.1:9/', ops: `${url}/dead${round}` }
      const run = await ready({ history, channels })
      const over = finish(run)
      while (received.every((entry) => entry.path !== `/dead${round}`)) await delay(5)
      // The mute channel is still being waited for.
      expect(run.child.exitCode).to.equal(null)
      const statuses = Object.fromEntries((await over).map(({ channel, status }) => [channel, status]))
      expect(statuses).to.deep.equal({ mute: 'failed', gone: 'failed', ops: 'delivered' })
      await finish(await ready({ history, channels: { ops: channels.ops }, shiftMs: hour }))
      expect(received.filter((entry) => entry.path === `/dead${round}`)).to.have.length(1)
    }
  })
})

async function lastPhase(history: string): Promise<string> {
  const text = await readFile(`${history}.alerts.jsonl`, 'utf8').catch(() => '')
  const lines = text.split('\n').filter(Boolean)
  try {
    return lines.length > 0 ? (JSON.parse(lines.at(-1)!) as { phase: string }).phase : 'nothing written'
  } catch {
    return 'a torn line'
  }
}
