/** A 403 taken apart: a right that is missing (RBAC), or the object refused by quota, admission or policy. */
import type { ArbError } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import { clusterError, describe, resourceName, type ClusterDetails, type Subject } from './cluster-error.js'
import { shortReason } from './status-object.js'

interface Particulars {
  server: URL
  subject: Subject
  /** The server's message. */
  said: string
  base: Partial<ClusterDetails>
}

const rbac = /User "((?:[^"\\]|\\.)*)" cannot (\S+) resource "([^"]*)"(?: in API group "([^"]*)")?/

/** RBAC's refusal names the right; quota, admission and a namespace that is going away are refusals of the object. */
export function forbidden(particulars: Particulars): ArbError {
  const { server, subject, said, base } = particulars
  const right = rbac.exec(said)
  // Applying an object that is not there needs "create" too, and RBAC says that with nothing after the colon.
  if (/ is forbidden: ?$/.test(said) && subject.verb === 'patch')
    return rightMissing({ ...particulars, subject: { ...subject, verb: 'create' } }, null)
  if (right || said === '' || /^forbidden: |anonymous/i.test(said)) return rightMissing(particulars, right)
  return clusterError('ARB_CLUSTER_REJECTED', `refused: ${shortReason(said, subject)}`, {
    server,
    hints: [hintFor(said)],
    details: base,
  })
}

function rightMissing({ server, subject, base }: Particulars, right: RegExpExecArray | null): ArbError {
  const missing = right ? named(right, subject.namespace) : { ...subject, name: '' }
  const { verb, namespace = null } = missing
  const user = right?.[1] ?? null
  const path = `${missing.resource}${missing.subresource ? `/${missing.subresource}` : ''}`
  return clusterError(
    'ARB_CLUSTER_FORBIDDEN',
    `${user === null ? 'this user' : `the user "${cleanLine(user)}"`} may not ${describe(missing)}`,
    {
      server,
      hints: [
        `A Role with the verb "${verb}" on "${path}" and a RoleBinding for the user give the right.`,
        `\`kubectl auth can-i ${verb} ${resourceName(missing)}${namespace ? ` -n ${namespace}` : ''}\` checks it.`,
      ],
      details: { ...base, verb, resource: resourceName(missing), namespace, user },
    },
  )
}

/** The right as the server names it: for a write it may be another verb than the one that was sent. */
function named([, , verb = '', path = '', group = '']: RegExpExecArray, namespace: string | undefined): Subject {
  const [resource = '', subresource] = path.split('/')
  return { verb, group, resource, ...(subresource ? { subresource } : {}), ...(namespace ? { namespace } : {}) }
}

function hintFor(said: string): string {
  if (/exceeded quota/.test(said))
    return 'Wait until the namespace’s quota has room, ask for less, or have the quota raised.'
  if (/being terminated/.test(said)) return 'The namespace is being deleted; use another.'
  if (/admission webhook/.test(said)) return 'The cluster’s own policy refuses it; the message is the policy’s.'
  return 'The cluster’s own rules refuse it.'
}
