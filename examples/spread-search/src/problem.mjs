// @ts-check
/** Exit codes of the worker: what a Job's failed pod shows as its exit code. */
export const exitCodes = { done: 0, failed: 1, usage: 2, badData: 3, interrupted: 130, terminated: 143 }

/** Work that could not be done, in one line for the log, with the exit code that tells its kind. */
export class Problem extends Error {
  /**
   * @param {string} message one line: what is wrong, and where
   * @param {number} exitCode one of exitCodes
   */
  constructor(message, exitCode) {
    super(message)
    this.name = 'Problem'
    this.exitCode = exitCode
  }
}

/**
 * The text of anything thrown.
 * @param {unknown} error
 * @returns {string}
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error)
}
