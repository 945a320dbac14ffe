/** The fields of every kind that the sandbox serves. */
import { any, atomic, bool, int32, int64, list, listBy, map, object, quantity, setOf, string, time } from './type.js'
import type { ObjectType, Type } from './type.js'

const labels = map(string)

const ownerReference = object('OwnerReference', {
  apiVersion: string,
  kind: string,
  name: string,
  uid: string,
  controller: bool,
  blockOwnerDeletion: bool,
})

export const objectMeta = object('ObjectMeta', {
  name: string,
  generateName: string,
  namespace: string,
  selfLink: string,
  uid: string,
  resourceVersion: string,
  generation: int64,
  creationTimestamp: time,
  deletionTimestamp: time,
  deletionGracePeriodSeconds: int64,
  labels,
  annotations: labels,
  ownerReferences: listBy(ownerReference, ['uid']),
  finalizers: setOf(string),
  managedFields: list(any),
})

const keyRef = (name: string) => atomic(name, { name: string, key: string, optional: bool })
const nameRef = (name: string) => object(name, { name: string, optional: bool })

const envVar = object('EnvVar', {
  name: string,
  value: string,
  valueFrom: object('EnvVarSource', {
    fieldRef: atomic('ObjectFieldSelector', { apiVersion: string, fieldPath: string }),
    resourceFieldRef: atomic('ResourceFieldSelector', { containerName: string, resource: string, divisor: quantity }),
    configMapKeyRef: keyRef('ConfigMapKeySelector'),
    secretKeyRef: keyRef('SecretKeySelector'),
  }),
})

const resources = object('ResourceRequirements', {
  limits: map(quantity),
  requests: map(quantity),
  claims: listBy(any, ['name']),
})

const container = object('Container', {
  name: string,
  image: string,
  command: list(string),
  args: list(string),
  workingDir: string,
  ports: listBy(
    object('ContainerPort', { name: string, hostPort: int32, containerPort: int32, protocol: string, hostIP: string }),
    ['containerPort', 'protocol'],
  ),
  envFrom: list(
    object('EnvFromSource', {
      prefix: string,
      configMapRef: nameRef('ConfigMapEnvSource'),
      secretRef: nameRef('SecretEnvSource'),
    }),
  ),
  env: listBy(envVar, ['name']),
  resources,
  resizePolicy: list(any),
  restartPolicy: string,
  volumeMounts: listBy(
    object('VolumeMount', {
      name: string,
      readOnly: bool,
      recursiveReadOnly: string,
      mountPath: string,
      subPath: string,
      mountPropagation: string,
      subPathExpr: string,
    }),
    ['mountPath'],
  ),
  volumeDevices: listBy(any, ['devicePath']),
  livenessProbe: any,
  readinessProbe: any,
  startupProbe: any,
  lifecycle: any,
  terminationMessagePath: string,
  terminationMessagePolicy: string,
  imagePullPolicy: string,
  securityContext: any,
  stdin: bool,
  stdinOnce: bool,
  tty: bool,
})

const toleration = object('Toleration', {
  key: string,
  operator: string,
  value: string,
  effect: string,
  tolerationSeconds: int64,
})

const podSpec = object('PodSpec', {
  volumes: listBy(any, ['name']),
  initContainers: listBy(container, ['name']),
  containers: listBy(container, ['name']),
  ephemeralContainers: listBy(any, ['name']),
  restartPolicy: string,
  terminationGracePeriodSeconds: int64,
  activeDeadlineSeconds: int64,
  dnsPolicy: string,
  nodeSelector: { kind: 'map', of: string, atomic: true },
  serviceAccountName: string,
  serviceAccount: string,
  automountServiceAccountToken: bool,
  nodeName: string,
  hostNetwork: bool,
  hostPID: bool,
  hostIPC: bool,
  shareProcessNamespace: bool,
  securityContext: any,
  imagePullSecrets: listBy(object('LocalObjectReference', { name: string }), ['name']),
  hostname: string,
  subdomain: string,
  affinity: any,
  schedulerName: string,
  tolerations: list(toleration),
  hostAliases: listBy(any, ['ip']),
  priorityClassName: string,
  priority: int32,
  dnsConfig: any,
  readinessGates: list(any),
  runtimeClassName: string,
  enableServiceLinks: bool,
  preemptionPolicy: string,
  overhead: map(quantity),
  topologySpreadConstraints: list(any),
  setHostnameAsFQDN: bool,
  os: any,
  hostUsers: bool,
  schedulingGates: listBy(object('PodSchedulingGate', { name: string }), ['name']),
  resourceClaims: listBy(any, ['name']),
})

const labelSelector = atomic('LabelSelector', {
  matchLabels: labels,
  matchExpressions: list(object('LabelSelectorRequirement', { key: string, operator: string, values: list(string) })),
})

const podFailurePolicy = object('PodFailurePolicy', {
  rules: list(
    object('PodFailurePolicyRule', {
      action: string,
      onExitCodes: object('PodFailurePolicyOnExitCodesRequirement', {
        containerName: string,
        operator: string,
        values: list(int32),
      }),
      onPodConditions: list(object('PodFailurePolicyOnPodConditionsPattern', { type: string, status: string })),
    }),
  ),
})

const jobSpec = object('JobSpec', {
  parallelism: int32,
  completions: int32,
  activeDeadlineSeconds: int64,
  podFailurePolicy,
  successPolicy: any,
  backoffLimit: int32,
  backoffLimitPerIndex: int32,
  maxFailedIndexes: int32,
  selector: labelSelector,
  manualSelector: bool,
  template: object('PodTemplateSpec', { metadata: objectMeta, spec: podSpec }),
  ttlSecondsAfterFinished: int32,
  completionMode: string,
  suspend: bool,
  podReplacementPolicy: string,
  managedBy: string,
})

/** A kind's whole type: the common head, and its own fields. */
function kind(name: string, fields: Record<string, Type>): ObjectType {
  return object(name, { apiVersion: string, kind: string, metadata: objectMeta, ...fields })
}

export const types = {
  Job: kind('Job', { spec: jobSpec, status: any }),
  Pod: kind('Pod', { spec: podSpec, status: any }),
  Namespace: kind('Namespace', { spec: object('NamespaceSpec', { finalizers: list(string) }), status: any }),
  Secret: kind('Secret', { immutable: bool, data: map(string), stringData: map(string), type: string }),
  ConfigMap: kind('ConfigMap', { immutable: bool, data: map(string), binaryData: map(string) }),
  Event: kind('Event', {
    involvedObject: any,
    reason: string,
    message: string,
    source: any,
    firstTimestamp: time,
    lastTimestamp: time,
    count: int32,
    type: string,
    eventTime: time,
    series: any,
    action: string,
    related: any,
    reportingComponent: string,
    reportingInstance: string,
  }),
  SelfSubjectAccessReview: kind('SelfSubjectAccessReview', { spec: any, status: any }),
} satisfies Record<string, ObjectType>

export type KindName = keyof typeof types
