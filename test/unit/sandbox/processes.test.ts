/** The sandbox as a process: in the background, killed, and gone without a trace. */
import { X509Certificate } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { startSandbox } from '@arbk8s/plugin-sandbox'
import { expect } from 'chai'

import { startInBackground, statusOf, stopInBackground } from '../../../plugins/plugin-sandbox/dist/background.js'
import { job, jobWith, jobsOf, podsOfJob, shell } from '../../helpers/api-objects.js'
import { RawApi, readAccess } from '../../helpers/raw-api.js'
import { eventually } from '../../helpers/target-cluster.js'

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('sandbox: as a process', function () {
  this.timeout(60_000)
  let directory: string
  beforeEach(async () => (directory = await mkdtemp(path.join(tmpdir(), 'arbk8s-process-'))))
  afterEach(async () => {
    await stopInBackground(directory)
    await rm(directory, { recursive: true, force: true })
  })

  /** Runs a Job that writes its pid and stays; the pid once it runs. */
  async function longRunning(kubeconfig: string): Promise<number> {
    const api = new RawApi(await readAccess(kubeconfig))
    await api.post(jobsOf('default'), job({ name: 'long', command: shell('echo $$; sleep 600') }))
    const pid = await eventually('its pid', async () => {
      const [pod] = await podsOfJob(api, 'default', 'long')
      if (pod?.status.phase !== 'Running') return undefined
      const log = await api.get(`/api/v1/namespaces/default/pods/${pod.metadata.name}/log`)
      return log.text ? Number(log.text) : undefined
    })
    api.close()
    return pid
  }

  it('starts once, answers, and stops with all that it runs', async () => {
    const [first, second] = await Promise.all([
      startInBackground({ directory, namespaces: ['extra'] }),
      startInBackground({ directory }),
    ])
    expect(first).to.deep.equal(second)
    expect(first.running).to.equal(true)
    expect(await statusOf(directory)).to.deep.equal(first)
    expect((await stat(first.kubeconfig!)).mode & 0o777).to.equal(0o600)
    const api = new RawApi(await readAccess(first.kubeconfig!))
    expect((await api.get('/api/v1/namespaces/extra')).status).to.equal(200)
    await startInBackground({ directory, namespaces: ['later', 'extra'] })
    expect((await api.get('/api/v1/namespaces/later')).status).to.equal(200)
    api.close()
    const pid = await longRunning(first.kubeconfig!)
    const stopped = await stopInBackground(directory)
    expect(stopped).to.deep.equal({ running: false, pid: null, server: null, kubeconfig: null, startedAt: null })
    expect([isAlive(first.pid!), isAlive(pid)]).to.deep.equal([false, false])
    expect(await readdir(directory)).not.to.include.members(['sandbox.json', 'kubeconfig.yaml'])
  })

  it('leaves no process behind when it is killed', async () => {
    const { pid, kubeconfig } = await startInBackground({ directory })
    const child = await longRunning(kubeconfig!)
    process.kill(pid!, 'SIGKILL')
    await eventually('the child is gone', async () => !isAlive(child), 10_000)
    // The killed process counts as alive until this one, its parent, has taken note of its end.
    await eventually('its end is noticed', async () => !(await statusOf(directory)).running, 10_000)
    expect(await readdir(directory)).not.to.include('kubeconfig.yaml')
    expect((await startInBackground({ directory })).running).to.equal(true)
  })

  it('does not take another process of the same pid for its own', async () => {
    const state = {
      pid: process.pid,
      instance: 'ffffffffffffffff',
      server: 'https://127.0.0.1:1',
      kubeconfig: path.join(directory, 'kubeconfig.yaml'),
      startedAt: '',
    }
    await writeFile(path.join(directory, 'sandbox.json'), JSON.stringify(state))
    expect((await stopInBackground(directory)).running).to.equal(false)
    expect(isAlive(process.pid)).to.equal(true)
  })

  it('says why it did not start', async () => {
    await mkdir(path.join(directory, 'kubeconfig.yaml'))
    let message = ''
    await startInBackground({ directory }).catch((error: Error) => (message = error.message))
    expect(message).to.match(/^the sandbox did not start in .*: it ended with exit code 1; its log is .*sandbox\.log$/)
    expect(await readFile(path.join(directory, 'sandbox.log'), 'utf8')).to.contain('kubeconfig.yaml')
  })

  it('runs in this process, with a certificate that is checked, and leaves nothing', async () => {
    const sandbox = await startSandbox({ directory })
    expect(sandbox.notice).to.contain('without isolation').and.to.contain('this machine')
    const certificate = new X509Certificate(sandbox.certificate)
    expect(certificate.checkIP('127.0.0.1')).to.equal('127.0.0.1')
    expect(certificate.checkHost('localhost')).to.equal('localhost')
    expect(certificate.ca).to.equal(true)
    expect(certificate.verify(certificate.publicKey)).to.equal(true)
    const pid = await longRunning(sandbox.kubeconfig)
    await sandbox.stop()
    expect(isAlive(pid)).to.equal(false)
    await sandbox.stop()
  })

  it('gives an image’s files to its containers, and keeps what they write', async () => {
    const root = path.join(directory, 'image')
    await mkdir(path.join(root, 'scripts'), { recursive: true })
    await writeFile(
      path.join(root, 'scripts', 'work.sh'),
      '#!/bin/sh\nmkdir outputs && cat data.txt > outputs/$1 && echo "$PWD $HOME"\n',
    )
    await chmod(path.join(root, 'scripts', 'work.sh'), 0o755)
    await writeFile(path.join(root, 'data.txt'), 'from the image\n')
    const sandbox = await startSandbox({
      directory: path.join(directory, 'sandbox'),
      imageRoots: { 'example/app': root },
    })
    const api = new RawApi(await readAccess(sandbox.kubeconfig))
    try {
      await api.post(
        jobsOf('default'),
        job({
          name: 'work',
          command: ['scripts/work.sh'],
          container: { image: 'example/app:1', args: ['result.csv'] },
        }),
      )
      await jobWith(api, `${jobsOf('default')}/work`, 'Complete')
      const [pod] = await podsOfJob(api, 'default', 'work')
      const folder = path.join(sandbox.directory, 'default', pod!.metadata.name as string, 'main')
      expect(await readFile(path.join(folder, 'outputs', 'result.csv'), 'utf8')).to.equal('from the image\n')
      expect(await readdir(root)).to.have.members(['data.txt', 'scripts'])
      const log = await api.get(`/api/v1/namespaces/default/pods/${pod!.metadata.name}/log`)
      expect(log.text).to.equal(`${folder} ${folder}\n`)
    } finally {
      api.close()
      await sandbox.stop()
    }
  })

  it('says so where a container has no command', async () => {
    const sandbox = await startSandbox({ directory })
    const api = new RawApi(await readAccess(sandbox.kubeconfig))
    try {
      const given = job({ name: 'bare' })
      delete given.spec.template.spec.containers[0].command
      await api.post(jobsOf('default'), given)
      await jobWith(api, `${jobsOf('default')}/bare`, 'Failed')
      const [pod] = await podsOfJob(api, 'default', 'bare')
      expect(pod!.status.containerStatuses[0].state.terminated.message).to.equal(
        'the sandbox does not know the entrypoint of image "busybox:1.35": give the container a command',
      )
    } finally {
      api.close()
      await sandbox.stop()
    }
  })
})
