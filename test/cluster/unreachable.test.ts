/** A cluster that does not answer: exit 3 within the request timeout, and the address in the message. */
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { runCli } from '../helpers/cli.js'
import { writeShellSession } from '../helpers/shell-session.js'
import { targetCluster, type TargetCluster } from '../helpers/target-cluster.js'

describe('a cluster that does not answer', function () {
  this.timeout(120_000)
  let cluster: TargetCluster
  let folder: string
  let mute: Server
  let closed: Server
  const sockets = new Set<Socket>()

  before(async () => {
    cluster = await targetCluster()
    folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-unreachable-'))
    mute = await listening((socket) => sockets.add(socket.on('error', () => undefined)))
    closed = await listening()
  })
  after(async () => {
    for (const socket of sockets) socket.destroy()
    mute.close()
    await cluster.stop()
    await rm(folder, { recursive: true })
  })

  /** The cluster's own kubeconfig, with another address in it. */
  async function kubeconfigFor(server: Server): Promise<{ kubeconfig: string; address: string }> {
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const kubeconfig = path.join(folder, `config-${address}`)
    const text = await readFile(cluster.kubeconfig, 'utf8')
    await writeFile(kubeconfig, text.replaceAll(new URL(cluster.api.server).host, address), { mode: 0o600 })
    return { kubeconfig, address }
  }

  async function commands(kubeconfig: string): Promise<string[][]> {
    const session = await writeShellSession(folder, { namespace: 'tuning', sessionId: 'away', script: 'true' })
    await runCli(['jobs', 'gen', '--k8s-config', session[1]!, '--output-dir', session[3]!])
    const to = ['--kubeconfig', kubeconfig, '--request-timeout', '3s']
    const history = ['--history-file', path.join(folder, 'history.jsonl')]
    return [
      ['health', 'check', '-n', 'tuning', '-l', 'session_id=away', ...to],
      ['health', 'record', '-n', 'tuning', '-l', 'session_id=away', ...history, ...to],
      ['jobs', 'watch', '--once', '-n', 'tuning', '-l', 'session_id=away', ...to],
      ['jobs', 'logs', '-n', 'tuning', '-l', 'session_id=away', ...to],
      ['jobs', 'apply', '--apply', '--jobs-dir', session[3]!, ...to],
      ['pipeline', 'run', ...session, ...history, '--enable-apply', '--wait', ...to],
      ['pipeline', 'run', ...session, ...history, ...to],
    ]
  }

  it('where nothing listens: 3, the address, nothing recorded', async () => {
    const { kubeconfig, address } = await kubeconfigFor(closed)
    closed.close()
    await once(closed, 'close')
    for (const args of await commands(kubeconfig)) {
      const { code, stderr } = await runCli(args)
      expect(code, `${args.join(' ')}\n${stderr}`).to.equal(3)
      expect(stderr, args.join(' ')).to.include(`the API server at ${address} cannot be reached`)
    }
    expect(await readFile(path.join(folder, 'history.jsonl')).catch(() => 'none')).to.equal('none')
  })

  it('where a server accepts and never answers: 3 within the timeout, and the address', async () => {
    const { kubeconfig, address } = await kubeconfigFor(mute)
    for (const args of await commands(kubeconfig)) {
      // Two requests of three seconds each at most (a dry run tries the plan, then the Jobs), and the start of Node.
      const { code, stderr } = await runCli(args, { timeoutMs: 15_000 })
      expect(code, `${args.join(' ')}\n${stderr}`).to.equal(3)
      expect(stderr, args.join(' ')).to.include(`the API server at ${address} did not answer within 3s`)
    }
  })
})

async function listening(onSocket: (socket: Socket) => void = () => undefined): Promise<Server> {
  const server = createServer(onSocket).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
