import { EventEmitter } from 'node:events'

import { expect } from 'chai'

import { LiveScreen } from '../../../src/cli/live-screen.js'
import { ciSafe } from '../../../src/cli/render/ci-safe.js'
import { palette } from '../../../src/cli/render/colour.js'
import { healthText } from '../../../src/cli/render/health.js'
import { LogPainter } from '../../../src/cli/render/logs.js'
import { progressBar } from '../../../src/cli/render/progress.js'
import { frameLines, type Look } from '../../../src/cli/render/watch.js'
import { ChangeLines } from '../../../src/cli/render/watch-lines.js'
import { displayWidth } from '../../../src/cli/render/width.js'
import { judgeSnapshot } from '../../../src/health/judge.js'
import { progressOf } from '../../../src/health/progress.js'
import type { Job } from '../../../src/session/job.js'
import { ago, condition, ended, job, now, pod, snapshot } from '../health/objects.js'

const plain = palette(false)

function worker(name: string, status: Job['status']): Job {
  return job({ name: `arb-tuning-session--${name}-0`, labels: { worker_id: name }, status: status! })
}

function look(jobs: Job[], parts: Parameters<typeof snapshot>[0] = {}): Look {
  const shot = snapshot({ jobs, ...parts })
  return { snapshot: shot, health: judgeSnapshot(shot) }
}

const mixed = look(
  [
    worker('worker-1', { succeeded: 1, completionTime: ago(60), conditions: [condition('Complete')] }),
    worker('worker-2', { active: 1 }),
    worker('worker-3', { failed: 1, conditions: [condition('Failed', 'BackoffLimitExceeded')] }),
  ],
  {
    pods: [{ ...ended(3), metadata: pod({}, { job: 'arb-tuning-session--worker-3-0' }).metadata }],
    logs: [
      { pod: 'p', container: 'main', job: 'arb-tuning-session--worker-2-0', lines: ['iteration 6/9', 'iteration 7/9'] },
    ],
  },
)
const frame = (one: Look, width = 80, height = 24) =>
  frameLines(one, { palette: plain, width, height, now, problem: null, intervalMs: 5000 })

describe('frameLines', () => {
  it('shows verdict, progress, the troubled first, causes and each log’s last line', () => {
    const lines = frame(mixed)
    expect(lines[0]).to.match(/^session_id=s in trading-bots {2}12:00:00 {2}health ERROR$/)
    expect(lines[1]).to.match(/ 1\/3 done, 1 running, 1 failed/)
    const first = lines.findIndex((line) => line.startsWith('JOB'))
    expect(lines.slice(first + 1, first + 4).map((line) => line.split(' ')[0])).to.deep.equal([
      'worker-3',
      'worker-1',
      'worker-2',
    ])
    expect(lines).to.include('worker-2 │ iteration 7/9').and.not.include('worker-2 │ iteration 6/9')
    expect(lines.join('\n')).to.match(/✗ arb-tuning-session--worker-3-0: exit code 3\n {2}→ See why/)
    expect(lines.at(-1)).to.equal('every 5s, Ctrl-C ends')
  })

  it('fits any size', () => {
    for (const [width, height] of [
      [80, 24],
      [40, 10],
      [20, 5],
      [200, 60],
      [1, 1],
    ] as const) {
      const lines = frame(mixed, width, height)
      expect(lines.length).to.be.at.most(height)
      for (const line of lines) expect(displayWidth(line)).to.be.at.most(width)
    }
  })

  it('counts what does not fit', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => worker(`worker-${index}`, { active: 1 }))
    many.push(worker('broken', { failed: 1, conditions: [condition('Failed')] }))
    const lines = frame(look(many))
    expect(lines).to.have.lengthOf.at.most(24)
    expect(lines[1]).to.match(/0\/10001 done, 10000 running, 1 failed/)
    expect(lines.find((line) => line.startsWith('broken'))).to.match(/FAILED/)
    expect(lines.join('\n')).to.match(/… and 99\d\d more/)
  })

  it('says why the cluster could not be read just now', () => {
    const lines = frameLines(mixed, {
      palette: plain,
      width: 80,
      height: 24,
      now,
      problem: 'no answer',
      intervalMs: 1000,
    })
    expect(lines).to.include('not read just now: no answer')
  })
})

describe('progressBar', () => {
  const bar = (done: number, lost: number, total: number): string =>
    progressBar({ ...progressOf([], now), done, lost, total }, 10, plain)
  it('shares its width out and never hides a failure', () => {
    expect(bar(0, 0, 0)).to.equal('░░░░░░░░░░')
    expect(bar(5, 0, 10)).to.equal('█████░░░░░')
    expect(bar(999, 1, 1000)).to.equal('█████████▒')
    expect(bar(10, 0, 10)).to.equal('██████████')
  })
})

describe('ChangeLines', () => {
  it('tells each state once', () => {
    const lines = new ChangeLines(plain)
    expect(lines.next(look([worker('a', { active: 1 })]).health)).to.deep.equal([
      '2026-01-01T12:00:00Z arb-tuning-session--a-0 RUNNING 0/1',
      '2026-01-01T12:00:00Z 0/1 done, 1 running, health OK',
    ])
    expect(lines.next(look([worker('a', { active: 1 })]).health)).to.deep.equal([])
    expect(lines.next(look([worker('a', { succeeded: 1, conditions: [condition('Complete')] })]).health)).to.deep.equal(
      [
        '2026-01-01T12:00:00Z arb-tuning-session--a-0 RUNNING → SUCCEEDED 1/1',
        '2026-01-01T12:00:00Z 1/1 done, health OK',
      ],
    )
  })

  it('tells a new Job of the same name, and a retry', () => {
    const lines = new ChangeLines(plain)
    const first = worker('a', { active: 1 })
    lines.next(look([first]).health)
    const again = { ...first, metadata: { ...first.metadata, uid: 'another' } }
    expect(lines.next(look([again]).health)).to.have.lengthOf(1)
    expect(lines.next(look([{ ...again, status: { active: 1, failed: 1 } }]).health)[0]).to.match(/retries=1/)
  })
})

describe('healthText', () => {
  it('lists no Jobs that are well beyond the first fifty', () => {
    const many = Array.from({ length: 60 }, (_, index) => worker(`worker-${index}`, { active: 1 }))
    const text = healthText(look(many).health, { palette: plain })
    expect(text).to.match(/… and 10 Jobs more, all OK/)
  })
})

describe('LogPainter', () => {
  const line = {
    job: 'j',
    worker: 'w',
    pod: 'j-abcde',
    container: 'main',
    time: '2026-01-01T00:00:00Z',
    text: '::error::x',
  }
  it('puts the prefix first, the container where a pod shows more than one, the time where asked', () => {
    const painter = new LogPainter({ palette: plain, timestamps: false })
    expect(painter.line(line)).to.equal('w/abcde │ ::error::x')
    expect(painter.line({ ...line, container: 'fetch' })).to.equal('w/abcde/fetch │ ::error::x')
    expect(painter.line({ ...line, worker: null, pod: 'j-fghij' })).to.equal('j/fghij       │ ::error::x')
    expect(new LogPainter({ palette: plain, timestamps: true }).line(line)).to.equal(
      'w/abcde │ 2026-01-01T00:00:00Z ::error::x',
    )
  })
})

describe('ciSafe', () => {
  it('breaks commands of CI runners, and only within them', () => {
    expect(ciSafe('a ##[set-env]b ##vso[task]c', {})).to.equal('a ##[set-env]b ##vso[task]c')
    expect(ciSafe('a ##[set-env]b ##vso[task]c', { GITHUB_ACTIONS: 'true' })).to.equal('a ## [set-env]b ## vso[task]c')
    expect(ciSafe('##[x]', { TF_BUILD: 'True' })).to.equal('## [x]')
  })
})

describe('LiveScreen', () => {
  const esc = '\u001b'

  function terminal(): NodeJS.WriteStream & { written: string } {
    const stream = new EventEmitter() as NodeJS.WriteStream & { written: string }
    Object.assign(stream, { columns: 40, rows: 10, written: '' })
    stream.write = ((text: string) => Boolean((stream.written += text))) as never
    return stream
  }

  it('draws in place, again when the size changes, and gives the screen back once', () => {
    const stream = terminal()
    const screen = new LiveScreen(stream)
    screen.start()
    screen.show(({ width }) => [`width ${width}`])
    stream.columns = 60
    stream.emit('resize')
    expect(stream.written.startsWith(`${esc}[?1049h${esc}[?25l`)).to.equal(true)
    expect(stream.written).to.include('width 40\u001b[K').and.to.include('width 60\u001b[K')
    expect(stream.written, 'a cleared screen flickers').to.not.include('\u001b[2J')
    screen.stop()
    screen.stop()
    expect(stream.written.split(`${esc}[?25h${esc}[?1049l`)).to.have.lengthOf(2)
    expect(stream.listenerCount('resize')).to.equal(0)
  })
})
