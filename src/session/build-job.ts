/** One Job of a session as a Kubernetes object, its keys in the order in which they are written. */
import {
  appLabelValue,
  sessionLabel,
  workerLabel,
  type Container,
  type EnvVar,
  type Job,
  type JobSpec,
  type PodSpec,
} from './job.js'
import { fillTemplate, type TemplateValues } from './job-template.js'
import type { Session } from './session.js'

export interface JobPlan {
  name: string
  workerId: string
  createdAt: string
  args: string[]
  values: TemplateValues
  /** The standard variables, before extra_env and secret_env. */
  env: EnvVar[]
  /** What the layout adds to the spec, e.g. completions. */
  spec: Partial<JobSpec>
}

/** The Job that a plan of one of the layouts describes. */
export function buildJob(session: Session, plan: JobPlan): Job {
  const labels = labelsOf(session, plan.workerId)
  const annotations = defined({
    description: `Arbitrage tuning job for ${plan.workerId}`,
    created_at: plan.createdAt,
    ...session.annotations,
  })
  const podAnnotations = Object.keys(session.annotations).length ? { annotations: { ...session.annotations } } : {}
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: plan.name,
      namespace: session.namespace,
      labels: { ...labels, ...queueLabels(session) },
      annotations,
    },
    spec: {
      backoffLimit: session.backoffLimit,
      ...defined({
        activeDeadlineSeconds: session.activeDeadlineSeconds,
        ttlSecondsAfterFinished: session.ttlSecondsAfterFinished,
        suspend: session.suspend,
        ...plan.spec,
        podFailurePolicy: session.podFailurePolicy,
      }),
      template: { metadata: { labels, ...podAnnotations }, spec: podSpec(session, plan) },
    },
  }
}

function labelsOf(session: Session, workerId: string): Record<string, string> {
  return {
    app: appLabelValue,
    [sessionLabel]: session.sessionId,
    [workerLabel]: workerId,
    component: 'tuning',
    mode: session.mode,
    env: session.env,
    ...session.labels,
  }
}

/** Kueue reads these on the Job alone. */
function queueLabels({ queue }: Session): Record<string, string> {
  if (!queue) return {}
  const labels: Record<string, string> = { 'kueue.x-k8s.io/queue-name': queue.local_queue }
  if (queue.priority_class) labels['kueue.x-k8s.io/priority-class'] = queue.priority_class
  return labels
}

function podSpec(session: Session, plan: JobPlan): PodSpec {
  return {
    containers: [container(session, plan)],
    restartPolicy: session.restartPolicy,
    ...defined({
      serviceAccountName: session.serviceAccountName,
      nodeSelector: session.nodeSelector,
      tolerations: session.tolerations,
    }),
  }
}

function container(session: Session, plan: JobPlan): Container {
  const command = session.command.map((text) => fillTemplate(text, plan.values, 'command'))
  const args = plan.args.map((text) => fillTemplate(text, plan.values, 'args'))
  return {
    name: plan.name,
    image: session.image,
    ...defined({ imagePullPolicy: session.imagePullPolicy }),
    ...(command.length ? { command } : {}),
    ...(args.length ? { args } : {}),
    env: envOf(session, plan.env),
    ...(session.resources ? { resources: resourcesOf(session) } : {}),
  }
}

function resourcesOf({ resources = {} }: Session): NonNullable<Container['resources']> {
  return defined({ requests: resources.requests, limits: resources.limits })
}

/** The standard variables in their order, replaced in place by extra_env and secret_env; new ones after them. */
function envOf(session: Session, standard: EnvVar[]): EnvVar[] {
  const entries = new Map(standard.map((entry) => [entry.name, entry]))
  for (const [name, value] of Object.entries(session.extraEnv)) entries.set(name, { name, value })
  for (const [name, { name: secret, key, optional }] of Object.entries(session.secretEnv))
    entries.set(name, { name, valueFrom: { secretKeyRef: { name: secret, key, ...defined({ optional }) } } })
  return [...entries.values()]
}

/** Without the entries that are undefined. */
function defined<T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never
}
