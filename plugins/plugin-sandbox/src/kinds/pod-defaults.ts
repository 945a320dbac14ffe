/** What the API server fills into a pod's spec. */
import type { Container, PodSpec } from '../store/objects.js'

/** Fills a pod template's or a pod's spec in place. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always'
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.schedulerName ??= 'default-scheduler'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  if (spec.serviceAccountName) spec.serviceAccount ??= spec.serviceAccountName
  for (const container of spec.initContainers ?? []) defaultContainer(container)
  for (const container of spec.containers ?? []) defaultContainer(container)
}

function defaultContainer(container: Container): void {
  container.imagePullPolicy ??= isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent'
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  container.resources ??= {}
  const { limits } = container.resources
  if (limits) container.resources.requests = { ...limits, ...container.resources.requests }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef = { apiVersion: 'v1', ...valueFrom.fieldRef } as { fieldPath: string }
  }
  defaultPorts(container)
}

function defaultPorts(container: Container): void {
  for (const port of (container.ports as { protocol?: string }[] | undefined) ?? []) port.protocol ??= 'TCP'
}

function isLatest(image: string): boolean {
  if (image.includes('@')) return false
  const name = image.slice(image.lastIndexOf('/') + 1)
  return !name.includes(':') || name.endsWith(':latest')
}

/** What a pod gets at creation beside its template. */
export function admitPodSpec(spec: PodSpec): void {
  spec.serviceAccountName ??= 'default'
  spec.serviceAccount ??= spec.serviceAccountName
  spec.enableServiceLinks ??= true
  spec.preemptionPolicy ??= 'PreemptLowerPriority'
  spec.priority ??= 0
  spec.tolerations ??= ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 300,
  }))
}
