import { expect } from 'chai'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { readArgs } from '../../../examples/spread-search/src/args.mjs'
import { generateJobs } from '../../../src/session/generate.js'
import { sessionOf } from '../../../src/session/session.js'
import { folder } from './helpers.js'

const sessions = fileURLToPath(new URL('../../../examples/sessions/', import.meta.url))

/** The containers of a session's Jobs; `more` overrides its config. */
function containersOf(name: string, more: object = {}) {
  const file = join(sessions, name, 'k8s.yaml')
  const value = { ...parse(readFileSync(file, 'utf8')), ...more }
  const { session, warnings } = sessionOf({ k8s: { file, value, lineOf: () => 1 } })
  const generated = generateJobs(session, { createdAt: '2026-01-01T00:00:00Z' })
  expect([...warnings, ...generated.warnings]).to.deep.equal([])
  return generated.jobs.map(({ job }) => job.spec.template.spec.containers[0]!)
}

/** The container's arguments as its worker reads them, with the variables that Kubernetes gives it. */
function workerOf(container: ReturnType<typeof containersOf>[number], index?: number) {
  const variables: Record<string, string> = {}
  if (index !== undefined) variables.JOB_COMPLETION_INDEX = String(index)
  const expand = (text: string) => text.replaceAll(/\$\((\w+)\)/g, (_, name: string) => variables[name] ?? '')
  for (const { name, value } of container.env ?? []) if (value !== undefined) variables[name] = expand(value)
  return readArgs((container.args ?? []).slice(1).map(expand), variables)
}

describe('example sessions', () => {
  it('are the ones that the page lists', () => {
    const page = readFileSync(join(sessions, '../README.md'), 'utf8')
    expect(readdirSync(sessions).sort()).to.deep.equal(
      [...page.matchAll(/`sessions\/(\w+)`/g)].map(([, name]) => name).sort(),
    )
  })

  for (const [name, tries] of [
    ['quickstart', 16],
    ['failing', 12],
  ] as const) {
    it(`${name}: each Job starts the worker with arguments that it takes`, () => {
      const containers = containersOf(name)
      const workers = containers.map((container) => workerOf(container))
      expect(containers.map(({ command, args }) => [...(command ?? []), args?.[0]])).to.deep.equal([
        ['node', 'worker.mjs'],
        ['node', 'worker.mjs'],
      ])
      expect(workers.map(({ index }) => index)).to.deep.equal([0, 1])
      expect(workers.every((worker) => worker.workers === workers.length)).to.be.true
      expect(workers.reduce((sum, { iterations }) => sum + iterations, 0)).to.equal(tries)
      expect(new Set(workers.map(({ outputCsv }) => outputCsv)).size).to.equal(2)
      for (const { config } of workers) expect(existsSync(join(folder, config)), config).to.be.true
    })
  }

  it('quickstart as one Indexed Job: the pods find their shares by their index', () => {
    const { args } = parse(readFileSync(join(sessions, 'quickstart/k8s.yaml'), 'utf8')) as { args: string[] }
    const at = args.indexOf('--iterations')
    const containers = containersOf('quickstart', {
      layout: 'indexed',
      total_iterations: 17,
      args: args.toSpliced(at, 2),
    })
    expect(containers).to.have.lengthOf(1)
    const workers = [0, 1].map((index) => workerOf(containers[0]!, index))
    expect(workers.map(({ iterations }) => iterations)).to.deep.equal([9, 8])
    expect(new Set(workers.map(({ seed }) => seed)).size).to.equal(2)
    expect(new Set(workers.map(({ outputCsv }) => outputCsv)).size).to.equal(2)
  })
})
