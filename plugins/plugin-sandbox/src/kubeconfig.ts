/** The kubeconfig of a sandbox. */
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

export interface KubeconfigOptions {
  /** `https://127.0.0.1:PORT`. */
  server: string
  token: string
  /** PEM. */
  cert: string
  namespace: string
}

export const contextName = 'arbk8s-sandbox'

/** Writes it whole, readable by this user only; JSON is YAML, so nothing needs quoting rules. */
export async function writeKubeconfig(file: string, options: KubeconfigOptions): Promise<void> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: contextName,
        cluster: { server: options.server, 'certificate-authority-data': Buffer.from(options.cert).toString('base64') },
      },
    ],
    users: [{ name: contextName, user: { token: options.token } }],
    contexts: [
      { name: contextName, context: { cluster: contextName, user: contextName, namespace: options.namespace } },
    ],
    'current-context': contextName,
  }
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.tmp`
  await writeFile(temporary, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, file)
}
