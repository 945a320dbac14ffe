import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { expect } from 'chai'

import { errorCatalogue } from '../../../src/base/errors.js'
import { repoRoot } from '../../helpers/cli.js'

const read = (file: string) => readFileSync(path.join(repoRoot, file), 'utf8')

function markdownFiles(): string[] {
  const docs = readdirSync(path.join(repoRoot, 'docs'), { recursive: true, encoding: 'utf8' })
  const others = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'examples/README.md',
    'examples/spread-search/README.md',
  ]
  return [...others, ...docs.filter((name) => name.endsWith('.md')).map((name) => path.posix.join('docs', name))]
}

/** Targets of links and images; code is no link. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '`code`')
  const targets = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g), ...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)]
  return targets.map((match) => match[1]!).filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
}

/** Names that a heading or an anchor can be reached by, as the usual renderers make them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').matchAll(/^#+\s+(.*)$/gm)].map((match) =>
    match[1]!
      .replace(/\\/g, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
  const counted = headings.map((name, at) => {
    const before = headings.slice(0, at).filter((other) => other === name).length
    return before === 0 ? name : `${name}-${before}`
  })
  return new Set([...counted, ...[...text.matchAll(/<a id="([^"]+)"/g)].map((match) => match[1]!)])
}

/** Every committed text file, or none outside of a checkout. */
function committedFiles(): string[] {
  if (!existsSync(path.join(repoRoot, '.git'))) return []
  const names = execFileSync('git', ['ls-files', '-z'], { cwd: repoRoot, encoding: 'utf8', maxBuffer: 1 << 24 })
  return names.split('\0').filter((name) => name !== '' && existsSync(path.join(repoRoot, name)))
}

describe('the docs', () => {
  it('list exactly the errors of the catalogue', () => {
    const rows = [...read('docs/reference/errors.md').matchAll(/^\| `(ARB_\w+)` \| (.*) \|$/gm)]
    expect(Object.fromEntries(rows.map((row) => [row[1], row[2]]))).to.deep.equal(errorCatalogue)
    expect(rows).to.have.length(Object.keys(errorCatalogue).length)
  })

  it('lead only to files and headings that are there', () => {
    const files = markdownFiles()
    const broken = files.flatMap((file) =>
      linksOf(read(file)).flatMap((target) => {
        const [name = '', anchor] = decodeURI(target).split('#')
        const goal = name === '' ? file : path.posix.join(path.posix.dirname(file), name)
        if (goal.startsWith('..') || !existsSync(path.join(repoRoot, goal))) return [`${file}: ${target}`]
        const wrong = anchor !== undefined && goal.endsWith('.md') && !anchorsOf(read(goal)).has(anchor)
        return wrong ? [`${file}: ${target}: no such heading`] : []
      }),
    )
    expect(files.length).to.be.greaterThan(30)
    expect(broken).to.deep.equal([])
  })
})

describe('the committed files', function () {
  this.timeout(60_000)
  const texts = committedFiles().map((name) => ({ name, text: read(name) }))

  it('name no folder of the machine that they were written on', () => {
    // The checkout and the folders beside it; a temporary folder's neighbours are not the writer's.
    const parent = path.dirname(repoRoot)
    const beside = parent.startsWith(tmpdir()) ? [] : readdirSync(parent).map((name) => path.join(parent, name))
    const own = [repoRoot, ...beside].filter((folder) => folder.split('/').length > 2)
    const machine = new RegExp(`(^|[^\\w.)}-])(${own.map(escaped).join('|')})\\b|/(home|Users)/(?!you/)\\w+/`, 'm')
    const named = texts.flatMap(({ name, text }) => {
      const found = machine.exec(text)
      return found ? [`${name}: ${found[0]}`] : []
    })
    expect(named).to.deep.equal([])
  })

  it('name no package registry', () => {
    const host = /\bregistry\.(npmjs|yarnpkg)\b|"resolved": "https?:|^(@[\w-]+:)?registry\s*=/m
    expect(texts.filter(({ text }) => host.test(text)).map(({ name }) => name)).to.deep.equal([])
  })
})

function escaped(text: string): string {
  return text.replace(/[^/\w]/g, '\\$&')
}
