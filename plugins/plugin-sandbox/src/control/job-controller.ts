/** Moves Jobs: makes and removes pods, counts their ends, decides completion and failure. */
import { deleteObject } from '../api/deletion.js'
import { sameJson } from '../patch/json-patch.js'
import { timeText } from '../store/names.js'
import { controllerOf, hasCondition, isTerminal, omit } from '../store/objects.js'
import type { Job, JobStatus, KubeObject, Pod } from '../store/objects.js'
import type { Change, Store } from '../store/store.js'
import type { EventRecorder } from './events.js'
import { freeIndexes } from './indexes.js'
import { finishedAt, isFinished, withCondition, withCounts } from './job-status.js'
import { indexOf, podOfJob } from './pod-of-job.js'
import { Tally } from './tally.js'
import { failureOf } from './job-failure.js'
import { WorkQueue } from './work-queue.js'

export interface JobControllerOptions {
  store: Store
  events: EventRecorder
  now(): Date
  /** The delay before a failed pod is replaced; it doubles with every failure in a row. */
  backoffBaseMs: number
  onError(error: unknown): void
}

/** Pods made in one go, so that a Job of thousands does not stop everything else. */
const burst = 500
/** A delay grows to at most 36 times the base, as six minutes are to ten seconds. */
const maxBackoffFactor = 36

export class JobController {
  private readonly tallies = new Map<string, Tally>()
  private readonly queue: WorkQueue
  private unsubscribe: () => void = () => undefined

  constructor(private readonly options: JobControllerOptions) {
    this.queue = new WorkQueue((key) => this.sync(key), options)
  }

  start(): void {
    this.unsubscribe = this.options.store.subscribe((change) => this.onChange(change))
  }

  stop(): void {
    this.unsubscribe()
    this.queue.stop()
  }

  private onChange({ resource, type, object }: Change): void {
    const { namespace, name } = object.metadata
    if (resource === 'jobs.batch') {
      if (type === 'DELETED') this.tallies.delete(object.metadata.uid)
      this.queue.add(`${namespace}/${name}`)
      return
    }
    const owner = resource === 'pods' ? controllerOf(object) : undefined
    if (owner?.kind !== 'Job') return
    if (type === 'DELETED')
      this.tallies.get(owner.uid)?.vanished(object as unknown as Pod, this.options.now().getTime())
    this.queue.add(`${namespace}/${owner.name}`)
  }

  private sync(key: string): void {
    const { store } = this.options
    const [namespace, name] = key.split('/') as [string, string]
    const job = store.get('jobs.batch', namespace, name) as unknown as Job | undefined
    if (!job || job.metadata.deletionTimestamp) return
    if (isFinished(job)) return this.expire(key, job)
    const tally = this.tallyOf(job)
    const pods = this.podsOf(job)
    const now = this.options.now()
    for (const pod of pods) tally.observe(job, pod, now.getTime())
    const status = this.advance(key, job, tally)
    if (!sameJson(status, job.status)) store.put('jobs.batch', { ...job, status } as unknown as KubeObject)
  }

  private tallyOf(job: Job): Tally {
    const { uid } = job.metadata
    let tally = this.tallies.get(uid)
    if (!tally) this.tallies.set(uid, (tally = new Tally()))
    return tally
  }

  private podsOf(job: Job): Pod[] {
    const pods = this.options.store.list('pods', job.metadata.namespace) as unknown as Pod[]
    return pods.filter((pod) => controllerOf(pod)?.uid === job.metadata.uid)
  }

  /** One step; returns the status that the Job has after it. */
  private advance(key: string, job: Job, tally: Tally): JobStatus {
    const now = this.options.now()
    let status = this.startOrSuspend(job, tally)
    const deadline = job.spec.activeDeadlineSeconds
    if (status.startTime && deadline !== undefined)
      this.queue.addAfter(key, Date.parse(status.startTime) + deadline * 1000 - now.getTime())
    const active = this.activePods(job)
    const failure = failureOf(job, { status, active, tally, nowMs: now.getTime() })
    if (failure) {
      for (const pod of active) tally.addFailure(pod.metadata.uid, now.getTime())
      this.removePods(job, active)
      status = withCondition(status, { type: 'FailureTarget', status: 'True', ...failure }, now)
    } else if (this.isSuccess(job, tally, active.length)) {
      for (const pod of active) tally.released.add(pod.metadata.uid)
      this.removePods(job, active)
      status = withCondition(
        status,
        {
          type: 'SuccessCriteriaMet',
          status: 'True',
          reason: 'CompletionsReached',
          message: 'Reached expected number of succeeded pods',
        },
        now,
      )
    } else if (!job.spec.suspend) this.scale(key, job, active, tally)
    return this.finish(job, status, tally)
  }

  private startOrSuspend(job: Job, tally: Tally): JobStatus {
    const now = this.options.now()
    const { status, spec } = job
    const suspended = hasCondition(status, 'Suspended')
    if (spec.suspend) {
      const active = this.activePods(job)
      for (const pod of active) tally.released.add(pod.metadata.uid)
      this.removePods(job, active)
      if (suspended) return status
      this.event(job, 'Normal', 'Suspended', 'Job suspended')
      return withCondition(
        omit(status, 'startTime'),
        { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' },
        now,
      )
    }
    if (suspended) {
      this.event(job, 'Normal', 'Resumed', 'Job resumed')
      const resumed = withCondition(
        status,
        { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' },
        now,
      )
      return { ...resumed, startTime: timeText(now) }
    }
    return status.startTime ? status : { ...status, startTime: timeText(now) }
  }

  private activePods(job: Job): Pod[] {
    return this.podsOf(job).filter((pod) => !isTerminal(pod) && !pod.metadata.deletionTimestamp)
  }

  private terminatingPods(job: Job): number {
    return this.podsOf(job).filter((pod) => !isTerminal(pod) && pod.metadata.deletionTimestamp).length
  }

  private isSuccess(job: Job, tally: Tally, active: number): boolean {
    const { completions, completionMode } = job.spec
    if (completionMode === 'Indexed') return tally.completedIndexes.size >= completions!
    if (completions === undefined) return tally.succeeded.size > 0 && active === 0
    return tally.succeeded.size >= completions
  }

  /** Makes or removes pods until as many are active as the Job wants now. */
  private scale(key: string, job: Job, active: Pod[], tally: Tally): void {
    const wanted = this.wantedActive(job, active.length, tally)
    if (active.length > wanted) {
      const surplus = active.slice(wanted)
      for (const pod of surplus) tally.released.add(pod.metadata.uid)
      return this.removePods(job, surplus)
    }
    const missing = Math.min(wanted - active.length, burst)
    if (missing <= 0) return
    const wait = this.backoffLeft(tally)
    if (wait > 0) return this.queue.addAfter(key, wait)
    const taken = new Set([...tally.completedIndexes, ...active.map((pod) => indexOf(pod) ?? -1)])
    const indexes: (number | undefined)[] =
      job.spec.completionMode === 'Indexed'
        ? freeIndexes(missing, job.spec.completions!, taken)
        : Array<undefined>(missing).fill(undefined)
    for (const index of indexes) {
      const pod = this.options.store.put('pods', podOfJob(job, this.options.now(), index))
      this.event(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
    }
  }

  private wantedActive(job: Job, active: number, tally: Tally): number {
    const { completions, parallelism = 1, completionMode, podReplacementPolicy } = job.spec
    const terminating = podReplacementPolicy === 'Failed' ? this.terminatingPods(job) : 0
    if (completions === undefined) return tally.succeeded.size > 0 ? active : parallelism - terminating
    const done = completionMode === 'Indexed' ? tally.completedIndexes.size : tally.succeeded.size
    return Math.max(0, Math.min(parallelism, completions - done) - terminating)
  }

  private backoffLeft(tally: Tally): number {
    if (tally.failuresInRow === 0) return 0
    const factor = Math.min(2 ** (tally.failuresInRow - 1), maxBackoffFactor)
    return tally.lastFailureMs + factor * this.options.backoffBaseMs - this.options.now().getTime()
  }

  /** A Job that will fail or has succeeded ends once no pod of it runs any more. */
  private finish(job: Job, before: JobStatus, tally: Tally): JobStatus {
    const now = this.options.now()
    const active = this.activePods(job)
    const terminating = this.terminatingPods(job)
    const status = withCounts(job, before, { active, terminating }, tally)
    if (active.length + terminating > 0) return status
    const target = status.conditions?.find(({ type, status: is }) => type === 'FailureTarget' && is === 'True')
    if (target) {
      this.event(job, 'Warning', target.reason!, target.message!)
      return withCondition(
        status,
        { type: 'Failed', status: 'True', reason: target.reason, message: target.message },
        now,
      )
    }
    const met = status.conditions?.find(({ type, status: is }) => type === 'SuccessCriteriaMet' && is === 'True')
    if (!met) return status
    this.event(job, 'Normal', 'Completed', 'Job completed')
    const complete = withCondition(
      status,
      { type: 'Complete', status: 'True', reason: met.reason, message: met.message },
      now,
    )
    return { ...complete, completionTime: timeText(now) }
  }

  private removePods(job: Job, pods: Pod[]): void {
    for (const pod of pods) {
      deleteObject(this.options.store, 'pods', pod as unknown as KubeObject, { now: this.options.now() })
      this.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    }
  }

  /** Removes a finished Job when its time to live is over. */
  private expire(key: string, job: Job): void {
    const ttl = job.spec.ttlSecondsAfterFinished
    if (ttl === undefined) return
    const left = finishedAt(job)! + ttl * 1000 - this.options.now().getTime()
    if (left > 0) return this.queue.addAfter(key, left)
    deleteObject(this.options.store, 'jobs.batch', job as unknown as KubeObject, {
      now: this.options.now(),
      propagation: 'Foreground',
    })
  }

  private event(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.options.events.record({
      about: job as unknown as KubeObject,
      type,
      reason,
      message,
      component: 'job-controller',
    })
  }
}
