/** schemas/NAME.json: the shape of each command's --json result, from the TypeScript types in src/cli/results.ts. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { createGenerator } from 'ts-json-schema-generator'

import { root } from '../prepare.mjs'

const source = path.join('src', 'cli', 'results.ts')

export async function resultSchemas() {
  const text = await readFile(path.join(root, source), 'utf8')
  const types = [...text.matchAll(/^export type (\w+Result) =/gm)].map((match) => match[1])
  const generator = createGenerator({
    path: path.join(root, source),
    tsconfig: path.join(root, 'src', 'tsconfig.json'),
    type: '*',
    skipTypeCheck: true,
    additionalProperties: false,
    topRef: false,
    expose: 'none',
  })
  return types.map((type) => {
    const { $schema, description, ...shape } = generator.createSchema(type)
    delete shape.definitions
    const name = fileName(type)
    const schema = { $schema, $id: `urn:arbk8s:schema:${name}`, title: type, description, ...shape }
    return [`schemas/${name}.json`, JSON.stringify(schema, null, 2)]
  })
}

/** JobsGenResult → jobs-gen */
function fileName(type) {
  return type
    .replace(/Result$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
}
