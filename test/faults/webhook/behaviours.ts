/** The 16 ways in which a receiver behaves, and what must come of an alert to it. */
import type { Behaviour } from '../../helpers/http-sink.js'

export interface Case {
  name: string
  /** What it does while it misbehaves. */
  act: Behaviour
  /** `taken`: it is delivered at once; `lasting`: no second try; `passing`: tried again. */
  kind: 'taken' | 'lasting' | 'passing'
  /** The first tries only, or always. */
  how: 'first' | 'always'
}

/** Requests that a `first` case answers badly before it recovers. */
export const badTries = 2

const status =
  (code: number, headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(code, headers).end(code === 204 ? undefined : `answer ${code}`)

const behaviours: [string, Case['kind'], Behaviour][] = [
  ['200', 'taken', status(200)],
  ['204', 'taken', status(204)],
  ['301', 'lasting', status(301, { location: '/elsewhere' })],
  ['400', 'lasting', status(400)],
  ['401', 'lasting', status(401)],
  ['403', 'lasting', status(403)],
  ['404', 'lasting', status(404)],
  ['408', 'passing', status(408)],
  ['410', 'lasting', status(410)],
  ['413', 'lasting', status(413)],
  ['429 with Retry-After', 'passing', status(429, { 'retry-after': '1' })],
  ['500', 'passing', status(500)],
  ['503', 'passing', status(503)],
  ['504', 'passing', status(504)],
  ['reset', 'passing', (response) => void response.socket?.resetAndDestroy()],
  ['hang', 'passing', () => undefined],
]

/** All 32: each behaviour at first and always. */
export const cases: Case[] = behaviours.flatMap(([name, kind, act]) =>
  (['first', 'always'] as const).map((how) => ({ name, kind, act, how })),
)

/** The case as a sink's behaviour, and how many alerts that sink has taken. */
export function played({ act, how, kind }: Case): { behaviour: Behaviour; taken: () => number } {
  let taken = 0
  const behaviour: Behaviour = (response, index, request) => {
    const bad = how === 'always' || index < badTries
    if (!bad || kind === 'taken') taken += 1
    if (bad) return act(response, index, request)
    response.end('ok')
  }
  return { behaviour, taken: () => taken }
}

/** What a case must come to. */
export function expected({ kind, how }: Case): { delivered: boolean; taken: number; tries: number | 'several' } {
  if (kind === 'taken') return { delivered: true, taken: 1, tries: 1 }
  if (kind === 'lasting') return { delivered: false, taken: 0, tries: 1 }
  return how === 'first'
    ? { delivered: true, taken: 1, tries: badTries + 1 }
    : { delivered: false, taken: 0, tries: 'several' }
}
