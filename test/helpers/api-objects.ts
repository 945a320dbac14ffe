/** Objects and questions that the suites of API expectations share. */
import type { Json, RawApi } from './raw-api.js'
import { eventually } from './target-cluster.js'

export const jobsOf = (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`
export const podsOf = (namespace: string) => `/api/v1/namespaces/${namespace}/pods`
export const eventsOf = (namespace: string) => `/api/v1/namespaces/${namespace}/events`

export interface JobInput {
  name?: string
  command?: string[]
  labels?: Record<string, string>
  /** Fields of the Job's spec. */
  spec?: Json
  /** Fields of the pod's spec. */
  pod?: Json
  /** Fields of the one container. */
  container?: Json
}

/** A Job of one container, `true` in busybox unless said otherwise. */
export function job({ name, command = ['true'], labels, spec, pod, container }: JobInput): Json {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...(name ? { name } : {}), ...(labels ? { labels } : {}) },
    spec: {
      backoffLimit: 0,
      ...spec,
      template: {
        ...(labels ? { metadata: { labels } } : {}),
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 1,
          ...pod,
          containers: [{ name: 'main', image: 'busybox:1.35', command, ...container }],
        },
      },
    },
  }
}

export const shell = (script: string) => ['sh', '-c', script]

/** The object once the condition is true. */
export function jobWith(api: RawApi, path: string, type: string, timeoutMs?: number): Promise<Json> {
  return eventually(
    `${path} ${type}`,
    async () => {
      const { json } = await api.get(path)
      return conditionOf(json, type)?.status === 'True' && json
    },
    timeoutMs,
  )
}

export function conditionOf(object: Json, type: string): Json | undefined {
  return (object.status?.conditions as Json[] | undefined)?.find((condition) => condition.type === type)
}

/** A Job's pods, oldest first. */
export async function podsOfJob(api: RawApi, namespace: string, name: string): Promise<Json[]> {
  const { json } = await api.get(podsOf(namespace), { query: { labelSelector: `job-name=${name}` } })
  return (json.items as Json[]).sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
}

/** The first pod of a Job whose container waits for the reason. */
export function podWaiting(api: RawApi, namespace: string, name: string, reasons: string[]): Promise<Json> {
  return eventually(`pod of ${name} waits: ${reasons.join(' or ')}`, async () => {
    const [pod] = await podsOfJob(api, namespace, name)
    const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting
    return reasons.includes(waiting?.reason) && pod
  })
}

/** The events about an object, by its uid. */
export async function eventsAbout(api: RawApi, namespace: string, uid: string): Promise<Json[]> {
  const { json } = await api.get(eventsOf(namespace), { query: { fieldSelector: `involvedObject.uid=${uid}` } })
  return json.items as Json[]
}

/** An event about the object, once there is one of the reason whose message contains the text. */
export function eventWith(api: RawApi, { metadata }: Json, reason: string, message = ''): Promise<Json> {
  return eventually(`event ${reason} ${message}`, async () => {
    const events = await eventsAbout(api, metadata.namespace, metadata.uid)
    return events.find((event) => event.reason === reason && String(event.message).includes(message))
  })
}
