import { expect } from 'chai'

import type { KubeObject } from '../../../plugins/plugin-sandbox/src/store/objects.js'
import { RevisionGone, Store } from '../../../plugins/plugin-sandbox/src/store/store.js'
import type { Change } from '../../../plugins/plugin-sandbox/src/store/store.js'

const object = (name: string, note = ''): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ns', uid: name, resourceVersion: '', creationTimestamp: '' },
  note,
})
const names = (objects: KubeObject[]) => objects.map((each) => `${each.metadata.name}${each.note as string}`)

describe('sandbox: store', () => {
  it('gives every change a revision of its own, and lists any state that it still knows', () => {
    const store = new Store()
    store.put('maps', object('b'))
    const first = store.revision
    store.put('maps', object('a'))
    store.put('maps', object('b', '!'))
    store.remove('maps', 'ns', 'a')
    expect(store.revision).to.equal(first + 3)
    expect(names(store.listAt('maps', 'ns', first))).to.deep.equal(['b'])
    expect(names(store.listAt('maps', 'ns', first + 1))).to.deep.equal(['a', 'b'])
    expect(names(store.listAt('maps', 'ns', first + 2))).to.deep.equal(['a', 'b!'])
    expect(names(store.list('maps', 'ns'))).to.deep.equal(['b!'])
    expect(names(store.list('maps', 'other'))).to.deep.equal([])
  })

  it('forgets old states and says so', () => {
    const store = new Store({ window: 10 })
    for (let index = 0; index < 50; index++) store.put('maps', object(`m${index}`))
    expect(() => store.listAt('maps', 'ns', 2)).to.throw(RevisionGone)
    expect(() => store.since('maps', 2)).to.throw(RevisionGone)
    expect(names(store.listAt('maps', 'ns', store.oldestRevision))).to.have.length(store.oldestRevision - 1)
    expect(store.since('maps', store.revision - 1)).to.have.length(1)
  })

  it('delivers changes in order to everyone, also those that a listener makes', () => {
    const store = new Store()
    const seen: string[] = []
    store.subscribe(({ object: { metadata } }) => {
      if (metadata.name === 'first') store.put('maps', object('second'))
    })
    store.subscribe(({ object: { metadata } }) => seen.push(metadata.name))
    store.put('maps', object('first'))
    expect(seen).to.deep.equal(['first', 'second'])
  })

  it('keeps a listener that throws away from the others', () => {
    const errors: unknown[] = []
    const seen: Change[] = []
    const store = new Store({ onError: (error) => errors.push(error) })
    store.subscribe(() => {
      throw new Error('broken')
    })
    const unsubscribe = store.subscribe((change) => seen.push(change))
    store.put('maps', object('a'))
    unsubscribe()
    store.put('maps', object('b'))
    expect([errors.length, seen.length]).to.deep.equal([2, 1])
  })
})
