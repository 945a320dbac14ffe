import { expect } from 'chai'

import { applyConfiguration } from '../../../plugins/plugin-sandbox/src/patch/apply.js'
import { displayPath, fieldsOf, fromFieldsV1, toFieldsV1 } from '../../../plugins/plugin-sandbox/src/patch/field-set.js'
import { JsonPatchError, jsonPatch, sameJson } from '../../../plugins/plugin-sandbox/src/patch/json-patch.js'
import { mergePatch } from '../../../plugins/plugin-sandbox/src/patch/merge-patch.js'
import { strategicMerge } from '../../../plugins/plugin-sandbox/src/patch/strategic.js'
import { types } from '../../../plugins/plugin-sandbox/src/schema/types.js'
import type { KubeObject } from '../../../plugins/plugin-sandbox/src/store/objects.js'

describe('sandbox: merge patch', () => {
  it('follows the examples of RFC 7386', () => {
    const cases: [unknown, unknown, unknown][] = [
      [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
      [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
      [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
      [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
      [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
      [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
      [['a', 'b'], ['c'], ['c']],
      [{ e: null }, { a: 1 }, { e: null, a: 1 }],
      [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
    ]
    for (const [target, patch, expected] of cases) expect(mergePatch(target, patch)).to.deep.equal(expected)
  })

  it('does not reach the prototype', () => {
    const out = mergePatch({}, JSON.parse('{"__proto__": {"polluted": 1}}')) as Record<string, unknown>
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined)
    expect(Object.keys(out)).to.deep.equal(['__proto__'])
  })
})

describe('sandbox: JSON patch', () => {
  it('adds, removes, replaces, moves, copies, tests', () => {
    const before = { list: [1, 2], 'a/b': { '~': 1 } }
    const after = jsonPatch(before, [
      { op: 'add', path: '/list/1', value: 9 },
      { op: 'add', path: '/list/-', value: 3 },
      { op: 'remove', path: '/list/0' },
      { op: 'replace', path: '/a~1b/~0', value: 2 },
      { op: 'copy', from: '/list', path: '/copy' },
      { op: 'move', from: '/a~1b', path: '/moved' },
      { op: 'test', path: '/moved', value: { '~': 2 } },
    ])
    expect(after).to.deep.equal({ list: [9, 2, 3], copy: [9, 2, 3], moved: { '~': 2 } })
    expect(before).to.deep.equal({ list: [1, 2], 'a/b': { '~': 1 } })
  })

  it('refuses what cannot be done', () => {
    for (const operation of [
      { op: 'remove', path: '/none' },
      { op: 'replace', path: '/none', value: 1 },
      { op: 'add', path: '/none/x', value: 1 },
      { op: 'add', path: '/list/9', value: 1 },
      { op: 'test', path: '/list', value: [] },
      { op: 'nothing', path: '/list' },
    ]) {
      expect(() => jsonPatch({ list: [1] }, [operation]), JSON.stringify(operation)).to.throw(JsonPatchError)
    }
  })

  it('compares values whatever the order of keys', () => {
    expect(sameJson({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).to.equal(true)
    expect(sameJson({ a: 1 }, { a: 1, b: undefined })).to.equal(true)
    expect(sameJson([1, 2], [2, 1])).to.equal(false)
    expect(sameJson({ a: 1 }, { b: 1 })).to.equal(false)
  })
})

describe('sandbox: strategic merge patch', () => {
  const pod = {
    spec: {
      containers: [
        { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
        { name: 'b', image: '2' },
      ],
    },
  }
  const merge = (patch: unknown) => strategicMerge(types.Pod, pod, patch)

  it('merges lists by their keys', () => {
    expect(merge({ spec: { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] } })).to.deep.equal({
      spec: {
        containers: [
          {
            name: 'a',
            image: '1',
            env: [
              { name: 'X', value: '1' },
              { name: 'Y', value: '2' },
            ],
          },
          { name: 'b', image: '2' },
        ],
      },
    })
  })

  it('deletes an item, replaces a list, keeps an order', () => {
    const names = (patch: unknown) => (merge(patch) as typeof pod).spec.containers.map((each) => each.name)
    expect(names({ spec: { containers: [{ name: 'a', $patch: 'delete' }] } })).to.deep.equal(['b'])
    expect(names({ spec: { containers: [{ $patch: 'replace' }, { name: 'c' }] } })).to.deep.equal(['c'])
    expect(
      names({ spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'a' }] } }),
    ).to.deep.equal(['b', 'a'])
  })

  it('replaces lists that have no key, and objects where told to', () => {
    const target = { spec: { containers: [{ name: 'a', command: ['x', 'y'], resources: { limits: { cpu: '1' } } }] } }
    const patch = {
      spec: { containers: [{ name: 'a', command: ['z'], resources: { $patch: 'replace', requests: { cpu: '2' } } }] },
    }
    expect(strategicMerge(types.Pod, target, patch)).to.deep.equal({
      spec: { containers: [{ name: 'a', command: ['z'], resources: { requests: { cpu: '2' } } }] },
    })
  })

  it('needs the merge key in every item', () => {
    expect(() => merge({ spec: { containers: [{ image: '3' }] } })).to.throw(
      'does not contain declared merge key: name',
    )
  })
})

describe('sandbox: fields and their managers', () => {
  const config = {
    spec: {
      backoffLimit: 1,
      template: { spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] } },
    },
    metadata: { name: 'x', labels: { a: 'b' }, finalizers: ['f/x'] },
  }

  it('writes and reads FieldsV1', () => {
    const paths = [...fieldsOf(types.Job, config, { containers: false }).keys()]
    const fields = toFieldsV1(paths)
    expect(fields).to.deep.equal({
      'f:metadata': { 'f:labels': { 'f:a': {} }, 'f:finalizers': { 'v:"f/x"': {} } },
      'f:spec': {
        'f:backoffLimit': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"c"}': {
                '.': {},
                'f:name': {},
                'f:image': {},
                'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
              },
            },
          },
        },
      },
    })
    expect([...fromFieldsV1(fields)].sort()).to.deep.equal(paths.sort())
  })

  it('shows paths as conflicts do', () => {
    const shown = [...fieldsOf(types.Job, config, { containers: false }).keys()].map(displayPath)
    expect(shown).to.include('.spec.template.spec.containers[name="c"].image')
    expect(shown).to.include('.metadata.finalizers[="f/x"]')
  })

  it('leaves the live object as it is when it removes forsaken fields', () => {
    const manager = { name: 'm', operation: 'Apply' as const, apiVersion: 'batch/v1', time: '2026-01-01T00:00:00Z' }
    const first = applyConfiguration(types.Job, undefined, config, { manager, force: false })
    const live = {
      ...first.object,
      metadata: { ...(first.object.metadata as object), managedFields: first.managedFields },
    } as unknown as KubeObject
    const before = structuredClone(live)
    const smaller = { ...config, spec: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } } }
    const { object } = applyConfiguration(types.Job, live, smaller, { manager, force: false })
    expect(object.spec).to.deep.equal({ template: { spec: { containers: [{ name: 'c', image: 'i', ports: [] }] } } })
    expect(live).to.deep.equal(before)
  })
})
