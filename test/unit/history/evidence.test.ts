import { expect } from 'chai'

import type { LogOptions, Pod, Snapshot } from '../../../src/cluster/types.js'
import type { JobHealth, SessionHealth } from '../../../src/health/types.js'
import { readEvidence } from '../../../src/history/evidence.js'
import { lastLines } from '../../../src/history/last-lines.js'
import { parseRecord } from '../../../src/history/parse-record.js'
import { toRecord } from '../../../src/history/record.js'
import { ArbError } from '../../../src/base/errors.js'

const crashed = (name: string, fields: Partial<JobHealth> = {}): JobHealth => ({
  jobName: name,
  namespace: 'n',
  uid: `uid-${name}`,
  workerId: name,
  phase: 'FAILED',
  health: 'ERROR',
  reasons: ['job_failed', 'crash'],
  cause: {
    class: 'crash',
    certainty: 'definite',
    reason: 'Error',
    message: 'the container ended with exit code 3',
    pod: `${name}-pod`,
    container: 'c',
    exitCode: 3,
    signal: null,
    since: null,
    fix: 'Read its last lines.',
  },
  condition: null,
  retries: 0,
  succeeded: 0,
  failed: 1,
  active: 0,
  completions: 1,
  startTime: null,
  endTime: null,
  labels: { session_id: 'd', worker_id: name },
  ...fields,
})

const session = (jobs: JobHealth[]): SessionHealth => ({
  namespace: 'n',
  selector: 'session_id=d',
  overallHealth: 'ERROR',
  reasons: [],
  timestamp: '2025-11-16T10:05:00Z',
  jobs,
  errors: [],
})

const pod = (name: string, state: object, lastState: object = {}): Pod => ({
  metadata: { name: `${name}-pod`, namespace: 'n' },
  spec: { containers: [{ name: 'c' }] },
  status: { containerStatuses: [{ name: 'c', state, lastState }] },
})
const ended = { terminated: { exitCode: 3 } }

const snapshot = (pods: Pod[], fields: Partial<Snapshot> = {}): Snapshot => ({
  namespace: 'n',
  selector: 'session_id=d',
  takenAt: '2025-11-16T10:05:00Z',
  jobs: [],
  pods,
  events: [],
  logs: [],
  errors: [],
  ...fields,
})

describe('history: evidence', () => {
  const { signal } = new AbortController()
  const reading = (answer: (options: LogOptions) => Promise<string>) => {
    const asked: LogOptions[] = []
    const podLog = async (options: LogOptions): Promise<string> => {
      asked.push(options)
      return answer(options)
    }
    return { asked, reader: { podLog } }
  }

  it('reads at most five Jobs that are not OK, ERROR first, and nothing of the others', async () => {
    const names = ['w0', 'e1', 'o2', 'e3', 'e4', 'e5', 'e6', 'e7']
    const healths = { w: 'WARN', e: 'ERROR', o: 'OK' } as const
    const jobs = names.map((name) => crashed(name, { health: healths[name[0] as 'w'] }))
    const { asked, reader } = reading(async () => 'last words\n')
    const { logs, notes } = await readEvidence(reader, snapshot(names.map((name) => pod(name, ended))), session(jobs), {
      signal,
    })
    expect(asked.map((options) => options.pod)).to.deep.equal(
      ['e1', 'e3', 'e4', 'e5', 'e6'].map((name) => `${name}-pod`),
    )
    expect([logs.length, notes]).to.deep.equal([5, []])
    const record = toRecord(session(jobs), [], { logs })
    expect(record.jobs!.map(({ cause }) => cause?.last_lines)).to.deep.equal([
      [],
      ['last words'],
      undefined,
      ['last words'],
      ['last words'],
      ['last words'],
      ['last words'],
      [],
    ])
    expect(parseRecord(JSON.parse(JSON.stringify(record)))).to.deep.equal({ record })
  })

  it('takes what the snapshot has, asks for the failed run of a container that runs again, and not before it began', async () => {
    const jobs = ['known', 'again', 'waiting'].map((name) => crashed(name))
    const pods = [pod('known', ended), pod('again', { running: {} }, ended), pod('waiting', { waiting: {} })]
    const logs = ['known', 'again'].map((job) => ({ job, pod: `${job}-pod`, container: 'c', lines: ['now'] }))
    const { asked, reader } = reading(async () => 'before\n')
    const evidence = await readEvidence(reader, snapshot(pods, { logs }), session(jobs), { signal })
    expect(asked.map((options) => [options.pod, options.previous])).to.deep.equal([['again-pod', true]])
    expect(evidence.logs.map(({ job, lines }) => [job, lines[0]])).to.deep.equal([
      ['known', 'now'],
      ['again', 'before'],
    ])
  })

  it('says what could not be read, once, and goes on; a log that is gone is no word worth', async () => {
    const jobs = ['a', 'b', 'c'].map((name) => crashed(name))
    const answers: Record<string, Error> = {
      'a-pod': new Error('pods/log is forbidden'),
      'b-pod': new Error('pods/log is forbidden'),
      'c-pod': new ArbError({ code: 'ARB_INTERNAL', message: 'gone', details: { status: 404 } }),
    }
    const { reader } = reading(({ pod: name }) => Promise.reject(answers[name]!))
    const evidence = await readEvidence(
      reader,
      snapshot(['a', 'b', 'c'].map((name) => pod(name, ended))),
      session(jobs),
      {
        signal,
      },
    )
    expect(evidence).to.deep.equal({
      logs: [],
      notes: ['the last log lines could not be read: pods/log is forbidden'],
    })
  })

  it('ends with its signal', async () => {
    const controller = new AbortController()
    const { reader } = reading(async () => {
      controller.abort(new Error('interrupted'))
      throw new Error('any')
    })
    const work = readEvidence(reader, snapshot([pod('a', ended)]), session([crashed('a')]), controller)
    expect(await work.catch((error: unknown) => error)).to.have.property('message', 'interrupted')
  })

  it('keeps few, short, clean and masked lines', () => {
    const lines = Array.from({ length: 50 }, (_n, i) => `line ${i}`)
    expect(lastLines(lines)).to.deep.equal(lines.slice(-10))
    expect(lastLines(['', ' ', 'a\tb  ', '\u001b[31mred\u001b[0m \u202edes', ''])).to.deep.equal(['a  b', 'red des'])
    expect(lastLines(['x'.repeat(5000)])[0]).to.have.length(300)
    expect(lastLines([`${'x'.repeat(280)} password=hunter2hunter2`])[0]).to.not.include('hunter2')
  })

  it('bounds the lines of one record', () => {
    const names = Array.from({ length: 40 }, (_n, i) => `j${i}`)
    const logs = names.map((job) => ({
      job,
      pod: `${job}-pod`,
      container: 'c',
      lines: Array(10).fill('y'.repeat(300)),
    }))
    const { jobs } = toRecord(session(names.map((name) => crashed(name))), [], { logs })
    const kept = jobs!.flatMap(({ cause }) => cause!.last_lines).join('')
    expect(kept).to.have.length(12_000)
  })

  it('keeps the labels that all Jobs share', () => {
    const jobs = ['a', 'b'].map((name) =>
      crashed(name, {
        labels: { session_id: 'd', worker_id: name, 'batch.kubernetes.io/job-name': 'x', mode: 'live' },
      }),
    )
    expect(toRecord(session(jobs)).labels).to.deep.equal({ session_id: 'd', mode: 'live' })
    expect(toRecord(session([])).labels).to.deep.equal({})
  })

  it('reads back what is whole and leaves out the rest', () => {
    const record = toRecord(session([crashed('a'), crashed('b')]), [], {
      logs: [{ job: 'a', pod: 'a-pod', container: 'c', lines: ['x\u001b[2Jy'] }],
    })
    const stored = JSON.parse(JSON.stringify(record)) as { jobs: { cause: Record<string, unknown> }[]; labels: object }
    stored.jobs[0]!.cause.last_lines = ['a\u001b[2Jb']
    stored.jobs[1]!.cause.last_lines = 'no list'
    stored.labels = { mode: 'live', bad: 5, 'k\u001b[2J': 'v', ok: 'a\u202eb' }
    const parsed = parseRecord(stored)
    expect(parsed).to.have.nested.property('record.jobs[0].cause.last_lines').that.deep.equals(['ab'])
    expect(parsed).to.have.nested.property('record.jobs[1].cause', null)
    expect(parsed).to.have.nested.property('record.labels').that.deep.equals({ mode: 'live', ok: 'ab' })
  })
})
