import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { Backoff } from '../../../plugins/plugin-sandbox/src/node/backoff.js'
import { expand } from '../../../plugins/plugin-sandbox/src/node/environment.js'
import { folderOf, makeFolder } from '../../../plugins/plugin-sandbox/src/node/folders.js'
import { imageProblem, imageRootOf } from '../../../plugins/plugin-sandbox/src/node/images.js'
import { LogSource } from '../../../plugins/plugin-sandbox/src/node/log-source.js'
import type { LogQuery } from '../../../plugins/plugin-sandbox/src/node/log-source.js'
import { StartError, startProcess } from '../../../plugins/plugin-sandbox/src/node/process.js'

describe('sandbox: the node', () => {
  let folder: string
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'arbk8s-node-'))))
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('fills in $(NAME) as a kubelet does', () => {
    const env = { A: 'x', B: '$(A)' }
    const cases: [string, string][] = [
      ['$(A)', 'x'],
      ['$(B)', '$(A)'],
      ['$$(A)', '$(A)'],
      ['$(C)', '$(C)'],
      ['$A', '$A'],
      ['$$$(A)', '$x'],
      ['$(', '$('],
      ['$(toString)', '$(toString)'],
    ]
    for (const [text, expected] of cases) expect([text, expand(text, env)]).to.deep.equal([text, expected])
  })

  it('doubles delays up to thirty times the first', () => {
    const backoff = new Backoff(10)
    expect(Array.from({ length: 8 }, () => backoff.next())).to.deep.equal([10, 20, 40, 80, 160, 300, 300, 300])
  })

  it('tells images that are not to be had', () => {
    const options = { imageRoots: {}, unpullable: ['registry.example.com/private/'] }
    expect(imageProblem('busybox:1.35', 'IfNotPresent', options)).to.equal(undefined)
    expect(imageProblem('registry.example.com:5000/a/b_c:v1@sha256:' + 'a'.repeat(64), 'Always', options)).to.equal(
      undefined,
    )
    expect(imageProblem('registry.example.com/private/x:1', 'Always', options)?.reason).to.equal('ErrImagePull')
    expect(imageProblem('localhost:1/none:1', 'Never', options)?.reason).to.equal('ErrImageNeverPull')
    for (const image of ['Upper/x', 'a b', 'x:tag:tag', ''])
      expect(imageProblem(image, 'Always', options)?.reason, image).to.equal('InvalidImageName')
  })

  it('finds an image’s folder by its name with and without the tag', () => {
    const roots = { 'app:1': '/one', app: '/any', 'localhost:5000/app': '/port' }
    expect(imageRootOf('app:1', roots)).to.equal('/one')
    expect(imageRootOf('app:2', roots)).to.equal('/any')
    expect(imageRootOf('app@sha256:abc', roots)).to.equal('/any')
    expect(imageRootOf('localhost:5000/app:7', roots)).to.equal('/port')
    expect(imageRootOf('other', roots)).to.equal(undefined)
  })

  it('gives a container a fresh folder with its image in it, and keeps the one before', async () => {
    const root = path.join(folder, 'root')
    await makeFolder({ directory: root, namespace: 'a', pod: 'b', container: 'image', attempt: 0 })
    const imageRoot = folderOf({ directory: root, namespace: 'a', pod: 'b', container: 'image' })
    await writeFile(path.join(imageRoot, 'data.txt'), 'from the image')
    const options = { directory: folder, namespace: 'ns', pod: 'pod', container: 'main', imageRoot }
    const own = await makeFolder({ ...options, attempt: 0 })
    expect(own).to.equal(path.join(folder, 'ns', 'pod', 'main'))
    expect(await readFile(path.join(own, 'data.txt'), 'utf8')).to.equal('from the image')
    await writeFile(path.join(own, 'result.csv'), 'x')
    await makeFolder({ ...options, attempt: 1 })
    expect((await readdir(path.join(folder, 'ns', 'pod'))).sort()).to.deep.equal(['main', 'main.0'])
    expect(await readdir(own)).not.to.include('result.csv')
    expect(await readFile(path.join(`${own}.0`, 'result.csv'), 'utf8')).to.equal('x')
  })

  describe('logs', () => {
    const key = { uid: 'u', container: 'c', attempt: 0 }
    const text = async (source: LogSource, query: Partial<LogQuery>) => {
      const chunks: Buffer[] = []
      for await (const chunk of source.read(
        key,
        { timestamps: false, follow: false, ...query },
        new AbortController().signal,
      ))
        chunks.push(chunk)
      return Buffer.concat(chunks).toString('utf8')
    }

    it('keep bytes as they are, however they were cut into chunks', async () => {
      const source = new LogSource(folder, () => new Date())
      const writer = source.open(key)
      const input = 'first ü line\n\nthird\rwith return\nlast without newline'
      for (const byte of Buffer.from(input)) writer.write('stdout', Buffer.from([byte]))
      writer.end()
      expect(await text(source, {})).to.equal(input)
      expect(await text(source, { tailLines: 1 })).to.equal('last without newline')
      expect(await text(source, { tailLines: 2 })).to.equal('third\rwith return\nlast without newline')
    })

    it('put a very long line together again, and count it as one', async () => {
      const source = new LogSource(folder, () => new Date())
      const writer = source.open(key)
      const long = 'x'.repeat(100_000)
      writer.write('stdout', Buffer.from(`${long}\nend\n`))
      writer.end()
      const same = async (query: Partial<LogQuery>, expected: string) =>
        expect((await text(source, query)) === expected).to.equal(true)
      await same({}, `${long}\nend\n`)
      await same({ tailLines: 1 }, 'end\n')
      await same({ tailLines: 2 }, `${long}\nend\n`)
      await same({ tailLines: 3 }, `${long}\nend\n`)
    })

    it('give the last lines of a large log', async () => {
      const source = new LogSource(folder, () => new Date())
      const writer = source.open(key)
      writer.write('stdout', Buffer.from(Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('')))
      writer.end()
      expect(await text(source, { tailLines: 2 })).to.equal('line 19998\nline 19999\n')
      const all = await text(source, { tailLines: 19_999 })
      expect(all.slice(0, 7)).to.equal('line 1\n')
      expect(await text(source, { tailLines: 20_000 })).to.match(/^line 0\n/)
    })

    it('give every line a time of its own, also where the clock stands still', async () => {
      const source = new LogSource(folder, () => new Date(1_700_000_000_000))
      const writer = source.open(key)
      writer.write('stdout', Buffer.from('a\nb\nc\n'))
      writer.end()
      const times = (await text(source, { timestamps: true }))
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]!)
      expect(new Set(times).size).to.equal(3)
      expect(times).to.deep.equal([...times].sort())
      expect(times[0]).to.match(/^2023-11-14T22:13:20\.\d{9}Z$/)
    })

    it('follow until the end, and stop when the reader does', async () => {
      const source = new LogSource(folder, () => new Date())
      const writer = source.open(key)
      const reading = text(source, { follow: true })
      for (const line of ['one\n', 'two\n']) {
        writer.write('stdout', Buffer.from(line))
        await new Promise((resolve) => setImmediate(resolve))
      }
      writer.end()
      expect(await reading).to.equal('one\ntwo\n')
      const other = new LogSource(path.join(folder, 'other'), () => new Date())
      other.open(key)
      const stopper = new AbortController()
      const lines = other.read(key, { timestamps: false, follow: true }, stopper.signal)[Symbol.asyncIterator]()
      const next = lines.next()
      stopper.abort()
      expect((await next).done).to.equal(true)
    })
  })

  describe('processes', () => {
    const start = (command: string[], env: Record<string, string> = { PATH: process.env.PATH ?? '' }) => {
      let output = ''
      const running = startProcess({
        command,
        folder,
        cwd: folder,
        env,
        onOutput: (_stream, chunk) => (output += chunk.toString()),
      })
      return { ...running, output: () => output }
    }

    it('give their output and exit code', async () => {
      const run = start(['sh', '-c', 'echo out; echo err >&2; exit 5'])
      expect(await run.ended).to.deep.equal({ code: 5 })
      expect(run.output().split('\n').sort()).to.deep.equal(['', 'err', 'out'])
    })

    it('cannot start what is not there or not executable', async () => {
      await writeFile(path.join(folder, 'plain'), 'x')
      expect(() => start(['no-such-command'])).to.throw(
        StartError,
        'exec: "no-such-command": executable file not found in $PATH: unknown',
      )
      expect(() => start(['./missing'])).to.throw(StartError, 'stat ./missing: no such file or directory')
      expect(() => start(['./plain'])).to.throw(StartError, 'permission denied')
    })

    it('find Node where the PATH has none', async () => {
      const run = start(['node', '-e', 'console.log("from node")'], { PATH: folder })
      expect([(await run.ended).code, run.output()]).to.deep.equal([0, 'from node\n'])
    })

    it('end with all that they started, by SIGKILL where SIGTERM does not do', async () => {
      const stubborn = start(['sh', '-c', "trap '' TERM; echo ready; sleep 60 & wait; wait"])
      while (!stubborn.output().includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10))
      stubborn.terminate(100)
      expect(await stubborn.ended).to.deep.equal({ code: 137 })
      expect(await aliveInGroup(stubborn.pid)).to.deep.equal([])
      const willing = start(['sleep', '60'])
      willing.terminate(10_000)
      expect(await willing.ended).to.deep.equal({ code: 143 })
    })

    it('do not hold the sandbox where a child keeps the output open', async () => {
      const run = start(['sh', '-c', 'sleep 60 & echo started'])
      expect(await run.ended).to.deep.equal({ code: 0 })
      expect(run.output()).to.equal('started\n')
    })
  })
})

/** Processes of a group that are not zombies, by Linux's /proc; none elsewhere. */
async function aliveInGroup(group: number): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const states = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return Number(processGroup) === group && state !== 'Z' ? stat : ''
    }),
  )
  return states.filter((stat) => stat !== '')
}
