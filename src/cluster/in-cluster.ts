/** The service account of the pod that this process runs in, as a kubeconfig context without a name. */
import path from 'node:path'

import { readTextFile } from '../base/files.js'
import type { ChosenContext, KubeconfigPlaces } from './kubeconfig.js'

export const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The pod's own access, or undefined outside a pod. */
export async function inClusterEntry(places: KubeconfigPlaces): Promise<ChosenContext | undefined> {
  const folder = places.serviceAccountDir ?? serviceAccountDir
  const host = places.env.KUBERNETES_SERVICE_HOST
  const port = places.env.KUBERNETES_SERVICE_PORT ?? '443'
  if (!host || (await read(path.join(folder, 'token'))) === undefined) return undefined
  const at = { folder, file: folder }
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    context: null,
    namespace: (await read(path.join(folder, 'namespace')))?.trim() ?? null,
    cluster: { ...at, name: 'in-cluster', values: { server, 'certificate-authority': 'ca.crt' } },
    user: { ...at, name: 'service account', values: { tokenFile: 'token' } },
  }
}

async function read(file: string): Promise<string | undefined> {
  return readTextFile(file).catch(() => undefined)
}
