/** The manifests of examples/cluster as they are shipped, put into a namespace of a test. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'

import { parseAllDocuments } from 'yaml'

import { repoRoot } from './cli.js'
import type { Json, RawApi } from './raw-api.js'

/** The namespace that the files name. */
const shippedNamespace = 'tuning'

/** The objects of a file, with the namespace in place of the one that is shipped. */
export async function shipped(file: string, namespace: string): Promise<Json[]> {
  const text = await readFile(path.join(repoRoot, 'examples', 'cluster', file), 'utf8')
  return parseAllDocuments(text).map(
    (document) =>
      JSON.parse(
        JSON.stringify(document.toJSON(), (_key, value: unknown) => (value === shippedNamespace ? namespace : value)),
      ) as Json,
  )
}

const folders: Record<string, string> = {
  ServiceAccount: 'serviceaccounts',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  CronJob: 'cronjobs',
  ConfigMap: 'configmaps',
}

/** Applies objects as kubectl apply --server-side would; throws the server's reason. */
export async function applyObjects(api: RawApi, objects: Json[]): Promise<void> {
  for (const object of objects) {
    const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`
    const target = `${root}/namespaces/${object.metadata.namespace}/${folders[object.kind]}/${object.metadata.name}`
    const { status, text } = await api.apply(target, object, 'arbk8s-test', { force: true })
    if (status >= 300) throw new Error(`${object.kind} ${object.metadata.name}: ${text}`)
  }
}

/** The RoleBindings' subjects replaced by a user: the same rights for somebody who has a kubeconfig. */
export function forUser(objects: Json[], user: string): Json[] {
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }]
  return objects.map((object) => (object.kind === 'RoleBinding' ? { ...object, subjects } : object))
}

/** The Roles without one verb of one resource. */
export function withoutRight(objects: Json[], resource: string, verb: string): Json[] {
  const rulesOf = (rules: Json[]): Json[] =>
    rules
      .map((rule) =>
        rule.resources.includes(resource)
          ? { ...rule, verbs: rule.verbs.filter((each: string) => each !== verb) }
          : rule,
      )
      .filter((rule) => rule.verbs.length > 0)
  return objects.map((object) =>
    object.kind === 'Role' ? { ...object, rules: rulesOf(object.rules as Json[]) } : object,
  )
}
