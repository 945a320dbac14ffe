/**
 * What every stage shares: the one error class with its catalogue, exit codes, durations and label selectors.
 *
 * @module base
 */
export {
  ArbError,
  errorCatalogue,
  exitCodes,
  isArbError,
  type ArbErrorOptions,
  type ErrorCode,
} from '../base/errors.js'
export { createMasker, type Masker } from '../base/masker.js'
export { formatDuration, parseDuration } from '../base/duration.js'
export {
  matchesSelector,
  parseSelector,
  sessionSelector,
  type Requirement,
  type SelectorOperator,
} from '../base/selector.js'
