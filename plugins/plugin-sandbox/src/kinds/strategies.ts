/** Per kind: what is filled in, what a new or changed object must satisfy. */
import { invalidValue, required, unsupported } from '../api/status.js'
import type { Cause } from '../api/status.js'
import type { KindName } from '../schema/types.js'
import { sameJson } from '../patch/json-patch.js'
import type { JsonObject, Job, KubeObject, Pod } from '../store/objects.js'
import { defaultJob, prepareJob } from './job-defaults.js'
import { jobProblems, jobUpdateProblems } from './job-validation.js'
import { metaProblems } from './meta-validation.js'
import { admitPodSpec, defaultPodSpec } from './pod-defaults.js'
import { podSpecProblems } from './pod-validation.js'

export interface Strategy {
  /** Fills a freshly decoded object in place. */
  defaults(object: KubeObject): void
  /** Sets what the server decides about a new object, in place. */
  prepare(object: KubeObject): void
  problems(object: KubeObject): Cause[]
  updateProblems(next: KubeObject, old: KubeObject): Cause[]
}

const nothing = () => undefined
const simple: Strategy = {
  defaults: nothing,
  prepare: nothing,
  problems: (object) => metaProblems(object.metadata, { name: 'subdomain' }),
  updateProblems: (next) => metaProblems(next.metadata, { name: 'subdomain' }),
}

const namespace: Strategy = {
  ...simple,
  defaults(object) {
    if (object.metadata.name)
      object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name }
  },
  prepare(object) {
    object.spec = { finalizers: ['kubernetes'] }
    object.status = { phase: 'Active' }
  },
  problems: (object) => metaProblems(object.metadata, { name: 'label' }),
}

const job: Strategy = {
  defaults(object) {
    if (object.spec) defaultJob(object as unknown as Job)
  },
  prepare(object) {
    if (object.spec) prepareJob(object as unknown as Job)
  },
  problems: (object) => jobProblems(object as unknown as Job),
  updateProblems: (next, old) => jobUpdateProblems(next as unknown as Job, old as unknown as Job),
}

const pod: Strategy = {
  defaults(object) {
    if (object.spec) defaultPodSpec((object as unknown as Pod).spec)
  },
  prepare(object) {
    if (object.spec) admitPodSpec((object as unknown as Pod).spec)
    object.status = { phase: 'Pending', qosClass: qosClass(object as unknown as Pod) }
  },
  problems(object) {
    const causes = metaProblems(object.metadata, { name: 'subdomain' })
    if (!object.spec) return [...causes, required('spec.containers')]
    const { spec } = object as unknown as Pod
    const policies = ['Always', 'OnFailure', 'Never']
    if (!policies.includes(spec.restartPolicy ?? ''))
      causes.push(unsupported('spec.restartPolicy', spec.restartPolicy, policies))
    return [...causes, ...podSpecProblems(spec, 'spec')]
  },
  updateProblems(next, old) {
    const causes = metaProblems(next.metadata, { name: 'subdomain' })
    if (sameJson(withoutMutable(next.spec), withoutMutable(old.spec))) return causes
    const why =
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
    return [...causes, { reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field: 'spec' }]
  },
}

function withoutMutable(spec: JsonObject | undefined): unknown {
  const imageless = (list: unknown) =>
    (list as JsonObject[] | undefined)?.map((container) => ({ ...container, image: '' }))
  return {
    ...spec,
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    containers: imageless(spec?.containers),
    initContainers: imageless(spec?.initContainers),
  }
}

function qosClass(object: Pod): string {
  const containers = object.spec.containers ?? []
  const both = ['cpu', 'memory']
  const any = containers.some(({ resources }) => resources?.requests ?? resources?.limits)
  const guaranteed = containers.every(({ resources }) =>
    both.every(
      (name) => resources?.limits?.[name] !== undefined && resources.limits[name] === resources.requests?.[name],
    ),
  )
  return guaranteed ? 'Guaranteed' : any ? 'Burstable' : 'BestEffort'
}

const secret: Strategy = {
  ...simple,
  defaults(object) {
    object.type ??= 'Opaque'
    const plain = object.stringData as Record<string, string> | undefined
    if (!plain) return
    const encoded = Object.entries(plain).map(([key, value]) => [key, Buffer.from(value).toString('base64')])
    object.data = { ...(object.data as JsonObject | undefined), ...Object.fromEntries(encoded) }
    delete object.stringData
  },
  problems(object) {
    const causes = metaProblems(object.metadata, { name: 'subdomain' })
    for (const [key, value] of Object.entries((object.data as Record<string, string> | undefined) ?? {})) {
      if (!/^[-._a-zA-Z0-9]+$/.test(key))
        causes.push(
          invalidValue(
            `data[${key}]`,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
          ),
        )
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value))
        causes.push(invalidValue(`data[${key}]`, '<secret contents redacted>', 'illegal base64 data'))
    }
    return causes
  },
}

export const strategies: Record<KindName, Strategy> = {
  Namespace: namespace,
  Job: job,
  Pod: pod,
  Secret: secret,
  ConfigMap: simple,
  Event: simple,
  SelfSubjectAccessReview: { ...simple, problems: () => [], updateProblems: () => [] },
}
