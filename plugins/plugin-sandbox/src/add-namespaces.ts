/** Namespaces in a sandbox that already runs in another process, over its own API. */
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'

const requestMs = 10_000

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }]
  users: [{ user: { token: string } }]
}

/** Makes those that are not there yet. `kubeconfig` is a file that a sandbox wrote. */
export async function addNamespaces(kubeconfig: string, names: string[]): Promise<void> {
  if (names.length === 0) return
  // Our own kubeconfig is written as JSON.
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8')) as Kubeconfig
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster
  for (const name of names) {
    const status = await post(`${server}/api/v1/namespaces`, {
      ca: Buffer.from(ca, 'base64'),
      token: users[0].user.token,
      body: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    })
    if (status !== 201 && status !== 409)
      throw new Error(`the sandbox did not make the namespace ${name}: HTTP ${status}`)
  }
}

function post(url: string, { ca, token, body }: { ca: Buffer; token: string; body: string }): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', ca, headers, agent: false, timeout: requestMs }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode ?? 0))
    })
    sent.once('timeout', () => sent.destroy(new Error('the sandbox did not answer')))
    sent.once('error', reject)
    sent.end(body)
  })
}
