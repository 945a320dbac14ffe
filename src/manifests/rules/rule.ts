/** What a rule is: its text for people, and a pure check. */
import type { FindingLevel, FindingSeverity } from '../finding.js'
import type { FieldPath } from '../path.js'
import type { JobView } from './job-view.js'

/** A rule of validation, for people. */
export interface RuleText {
  /** Stable, e.g. `job/image-latest`. */
  id: string
  level: FindingLevel
  severity: FindingSeverity
  /** What the rule asks for. */
  description: string
  /** Why it matters. */
  reason: string
  /** What to do, where the finding itself has nothing more exact to say. */
  fix: string
}

export interface Rule extends RuleText {
  check(context: RuleContext): void
}

export interface RuleContext {
  job: JobView
  /** Kubernetes minor version. */
  minor: number
  report(path: FieldPath, message: string, more?: { at?: 'key'; fix?: string }): void
}
