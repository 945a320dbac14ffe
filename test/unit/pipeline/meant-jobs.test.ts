import { expect } from 'chai'

import type { JobManifest } from '../../../src/apply/types.js'
import { meantJobs, refuseUnfollowed } from '../../../src/pipeline/meant-jobs.js'

interface Labelled {
  name: string
  namespace?: string
  session?: string
}

function manifest({ name, namespace, session }: Labelled): JobManifest {
  const labels: Record<string, string> = session ? { session_id: session } : {}
  const metadata = { name, ...(namespace && { namespace }), labels }
  const spec = { template: { spec: { containers: [] } } }
  return { file: `${name}.yaml`, job: { apiVersion: 'batch/v1', kind: 'Job', metadata, spec } }
}

const one = manifest({ name: 'one', namespace: 'tuning', session: 'a' })

describe('which Jobs a run looks at', () => {
  it('are those of the manifests’ one session and namespace', () => {
    expect(meantJobs([one], {})).to.deep.equal({ namespace: 'tuning', selector: 'session_id=a' })
    expect(meantJobs([one], { namespace: 'n', selector: 'x=y' })).to.deep.equal({ namespace: 'n', selector: 'x=y' })
  })

  it('are asked for where the manifests say several things or nothing', () => {
    expect(() => meantJobs([one, manifest({ name: 'two', session: 'b' })], {})).to.throw('more than one session')
    expect(() => meantJobs([manifest({ name: 'two' })], {})).to.throw('no selector')
  })

  const refused: [string, JobManifest[], { namespace?: string; selector?: string }][] = [
    ['a selector with a typo', [one], { selector: 'session_id=typo' }],
    ['a Job without the label', [one, manifest({ name: 'two', namespace: 'tuning' })], {}],
    [
      'a Job of another session',
      [one, manifest({ name: 'two', namespace: 'tuning', session: 'b' })],
      { selector: 'session_id=a' },
    ],
    ['a Job that would land in the context’s namespace', [one, manifest({ name: 'two', session: 'a' })], {}],
  ]
  for (const [name, manifests, options] of refused) {
    it(`are not applied with ${name}: it would not be followed`, () => {
      expect(() => refuseUnfollowed(manifests, meantJobs(manifests, options), options)).to.throw('not be followed')
    })
  }

  it('are applied where all of them are followed', () => {
    refuseUnfollowed([one], meantJobs([one], {}), {})
    const bare = manifest({ name: 'two', session: 'a' })
    refuseUnfollowed([bare], meantJobs([bare], {}), {})
    refuseUnfollowed([one, bare], meantJobs([one, bare], { namespace: 'tuning' }), { namespace: 'tuning' })
  })
})
