/** docs/api: the library's reference, a page for each module of src/library, from the docstrings. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { Application } from 'typedoc'

import { root } from '../prepare.mjs'

export async function apiDocs() {
  const out = await mkdtemp(path.join(tmpdir(), 'arbk8s-api-'))
  try {
    await writePages(out)
    const names = await readdir(out)
    const pages = names.filter((name) => name.endsWith('.md') && name !== 'README.md').sort()
    const texts = pages.map(async (name) => [`docs/api/${name}`, await readFile(path.join(out, name), 'utf8')])
    return [['docs/api/README.md', await index()], ...(await Promise.all(texts))]
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

/** Fails where something that a user meets has no docstring, or a type that a user cannot name. */
async function writePages(out) {
  const app = await Application.bootstrapWithPlugins({
    entryPoints: (await libraryFiles()).map((name) => path.join(root, 'src', 'library', name)),
    tsconfig: path.join(root, 'tsconfig.types.json'),
    plugin: ['typedoc-plugin-markdown'],
    out,
    name: 'arbk8s as a library',
    ...content,
    ...layout,
  })
  const project = await app.convert()
  if (!project) throw new Error('typedoc could not read src/library')
  app.validate(project)
  if (app.logger.hasWarnings() || app.logger.hasErrors()) throw new Error('the API docs have gaps; see above')
  await app.generateOutputs(project)
}

async function libraryFiles() {
  return (await readdir(path.join(root, 'src', 'library'))).sort()
}

/** The modules in the order of src/index.ts, each with the first sentence of its docstring. */
async function index() {
  const text = await readFile(path.join(root, 'src', 'index.ts'), 'utf8')
  const names = [...text.matchAll(/library\/(\w+)\.js/g)].map((match) => match[1])
  const rows = names.map(async (name) => {
    const source = await readFile(path.join(root, 'src', 'library', `${name}.ts`), 'utf8')
    const summary = /^\/\*\*\n((?: \* .+\n)+)/.exec(source)[1].replaceAll(/^ \* /gm, '').replaceAll('\n', ' ')
    return `| [${name}](${name}.md) | ${summary.trim()} |`
  })
  return [
    '# arbk8s as a library',
    '',
    'Generated from the docstrings by `npm run generate`. Everything is imported from `arbk8s`; the pages follow the stages.',
    'An example of each stage is in [examples/library](../../examples/library).',
    '',
    '| module | what it is for |',
    '|---|---|',
    ...(await Promise.all(rows)),
  ].join('\n')
}

const content = {
  readme: 'none',
  disableSources: true,
  excludeInternal: true,
  excludeExternals: true,
  skipErrorChecking: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  requiredToBeDocumented: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'],
  logLevel: 'Warn',
}

const layout = {
  router: 'module',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  // Headings that differ only in case get links that no renderer's own anchors would fit.
  useHTMLAnchors: true,
  sort: ['kind', 'source-order'],
  kindSortOrder: ['Function', 'Class', 'Variable', 'Interface', 'TypeAlias'],
  groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases'],
  tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: true, hideOverrides: true },
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
  classPropertiesFormat: 'table',
  enumMembersFormat: 'table',
}
