/** How a session's iterations are shared out over its workers. */

/** What one worker does. */
export interface Share {
  /** 0-based. */
  index: number
  /** `worker-1` for index 0; in the Indexed layout, where Kubernetes counts, `worker-0`. */
  workerId: string
  iterations: number
}

/** Iterations of the worker at `index`: `total div workers`, and one more for the first `total mod workers`. */
export function shareOf(total: number, workers: number, index: number): number {
  return Math.floor(total / workers) + (index < total % workers ? 1 : 0)
}

/** The shares of all workers that have one; their sum is `total`. `first` is the number of the first worker. */
export function sharesOf(total: number, workers: number, first: 0 | 1 = 1): Share[] {
  const active = Math.min(workers, total)
  return Array.from({ length: active }, (_, index) => ({
    index,
    workerId: `worker-${index + first}`,
    iterations: shareOf(total, workers, index),
  }))
}
