/** Which Jobs a run looks at, by the flags or else by the manifests; told before anything is applied. */
import type { JobManifest } from '../apply/types.js'
import { ArbError } from '../base/errors.js'
import { matchesSelector, parseSelector, sessionSelector } from '../base/selector.js'
import { sessionLabel } from '../session/job.js'
import { one, unique } from './messages.js'

/** The Jobs that are followed, judged, recorded and alerted about. */
export interface MeantJobs {
  /** Undefined where neither the flag nor a manifest names one: it is the context's then. */
  namespace: string | undefined
  selector: string
}

/** What the flags say of it. */
export interface MeantOptions {
  namespace?: string | undefined
  selector?: string | undefined
}

/** Throws ARB_USAGE where nothing says which Jobs are meant, or the manifests say several things. */
export function meantJobs(manifests: JobManifest[], options: MeantOptions): MeantJobs {
  const namespace =
    options.namespace ?? one('namespace', '-n', unique(manifests.map(({ job }) => job.metadata.namespace)))
  if (options.selector !== undefined) return { namespace, selector: options.selector }
  const session = one('session', '-l', unique(manifests.map(({ job }) => job.metadata.labels?.[sessionLabel])))
  if (session !== undefined) return { namespace, selector: sessionSelector(session) }
  throw new ArbError({
    code: 'ARB_USAGE',
    message: 'no selector, and no manifest that names a session',
    hints: ['Give -l, e.g. -l session_id=d29.'],
  })
}

/** Throws ARB_USAGE where a Job would be applied and then not be looked at: it could fail and the session be called healthy. */
export function refuseUnfollowed(manifests: JobManifest[], meant: MeantJobs, options: MeantOptions): void {
  const requirements = parseSelector(meant.selector)
  for (const { file, job } of manifests) {
    const { name, labels } = job.metadata
    if (!matchesSelector(requirements, labels))
      throw unfollowed(file, name, `the selector ${meant.selector} does not find it`)
    const namespace = job.metadata.namespace ?? options.namespace
    if (namespace !== meant.namespace)
      throw unfollowed(file, name, `it names no namespace, and others name ${meant.namespace}`)
  }
}

function unfollowed(file: string, name: string, why: string): ArbError {
  return new ArbError({
    code: 'ARB_USAGE',
    message: `${file}: the Job "${name}" would be applied and then not be followed: ${why}`,
    hints: ['Give its manifest the labels and the namespace of the others, or apply it on its own with jobs apply.'],
    details: { file, job: name },
  })
}
