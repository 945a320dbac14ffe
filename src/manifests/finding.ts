/** What validation says: plain data, one Finding for one thing to mend. */

/** Errors make a manifest invalid. */
export type FindingSeverity = 'error' | 'warning'
/** 1: YAML itself. 2: the structure. 3: the details. */
export type FindingLevel = 1 | 2 | 3

/** One thing to mend, with its place. */
export interface Finding {
  /** The file as given, or `-` for stdin. */
  file: string
  /** 1-based. */
  line: number
  column: number
  /** 0-based index of the document in its file. */
  document: number
  /** Stable id, e.g. `yaml/duplicate-key`, `schema/unknown-field`, `job/image-latest`. */
  rule: string
  level: FindingLevel
  severity: FindingSeverity
  /** Path of the field, e.g. `spec.template.spec.containers[0].image`; empty for the document. */
  path: string
  /** The Job's name where it is known. */
  job: string | null
  message: string
  /** What to do. */
  fix: string
}
