/** The verdicts of a real API server (Kubernetes 1.20, `kubectl create --dry-run=server`), kept, against ours. */
import { readFileSync } from 'node:fs'

import { expect } from 'chai'

import { validateManifests } from '../../../src/manifests/validate.js'

interface Case {
  name: string
  accepted: boolean
  manifest: unknown
}

const file = new URL('../../fixtures/validation/kube-1.20.json', import.meta.url)
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[]

/** Where we differ, and why. */
const deviations: Record<string, string> = {
  spacedImage: 'accepted, but no node can pull an image of that name',
  envNoValue: 'accepted as the empty text; here it is taken for a slip',
  envNullValue: 'accepted as the empty text; here it is taken for a slip',
  portZero: 'the rules of ports are not checked yet',
}

describe('validation and a real API server', () => {
  it('agree on every kept case but the listed ones', async () => {
    const different: string[] = []
    for (const { name, accepted, manifest } of cases) {
      const source = { file: name, text: JSON.stringify(manifest) }
      const { summary } = await validateManifests([source], { kubeVersion: '1.20' })
      if ((summary.invalid === 0) !== accepted) different.push(name)
    }
    expect(different.sort()).to.deep.equal(Object.keys(deviations).sort())
    expect(cases.length).to.be.greaterThan(90)
  })
})
