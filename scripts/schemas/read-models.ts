/** Reads the models of a package into plain definitions: fields with their types, and which are required. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface ModelField {
  /** The source's own type word, e.g. `number`, `Array<V1Container>`, `{ [key: string]: string; }`. */
  type: string
  format: string
  required: boolean
}

/** Definition name (e.g. `V1JobSpec`) → JSON field name → field. */
export type Models = Map<string, Map<string, ModelField>>

/** The models of a `@kubernetes/client-node` release; old and new releases name folder and files differently. */
export function readClientModels(packageFolder: string): Models {
  const generated = path.join(packageFolder, 'dist', 'gen')
  const folder = path.join(generated, readdirSync(generated).includes('models') ? 'models' : 'model')
  const models: Models = new Map()
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const code = readFileSync(path.join(folder, file), 'utf8')
    const map = /^(?:exports\.)?(\w+)\.attributeTypeMap = (\[[\s\S]*?\n\]);/m.exec(code)
    if (!map) continue
    const types = readFileSync(path.join(folder, file.replace(/\.js$/, '.d.ts')), 'utf8')
    const entries = JSON.parse(map[2]!) as { name: string; baseName: string; type: string; format?: string }[]
    const fields = new Map<string, ModelField>()
    for (const { name, baseName, type, format = '' } of entries)
      fields.set(baseName, { type, format, required: new RegExp(`^\\s*'${name}':`, 'm').test(types) })
    models.set(map[1]!, fields)
  }
  return models
}

/** The models of a package whose interfaces carry the OpenAPI id of every field in their comments. */
export function readImportModels(packageFolder: string): Models {
  const code = readFileSync(path.join(packageFolder, 'lib', 'imports', 'k8s.d.ts'), 'utf8')
  const field = /@schema io\.k8s\.([\w.-]+)\.(v\w+)\.(\w+)#(\S+)\n\s*\*\/\n\s*readonly \w+(\??): (\{[^}]*\}|[^;]+);/g
  const models: Models = new Map()
  for (const [, group = '', version = '', name = '', property = '', optional, type = ''] of code.matchAll(field)) {
    const fields = models.get(modelName(group, version, name)) ?? new Map<string, ModelField>()
    fields.set(property, { type: type.replace(/\s+/g, ' '), format: '', required: optional === '' })
    models.set(modelName(group, version, name), fields)
  }
  return models
}

/** The client's name of an OpenAPI definition; the group is part of it only where two groups share a name. */
function modelName(group: string, version: string, name: string): string {
  const plain = version[0]!.toUpperCase() + version.slice(1) + name
  return group === 'api.core' && name === 'ResourceClaim' ? `Core${plain}` : plain
}
