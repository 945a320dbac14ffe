/** The table of Kubernetes' own types that manifests are checked against. */

export interface FieldSchema {
  /**
   * `string`, `boolean`, `int32`, `int64`, `double`, `int-or-string`, `quantity`, `time`, `bytes`, `any`, a
   * definition's name, or `[]T` and `{}T` for a list or a string-keyed map of one of these.
   */
  type: string
  required?: boolean
  /** The first minor version that has the field; unset where the oldest known one has it. */
  since?: number
  /** The last minor version that has it; unset where the newest known one has it. */
  until?: number
}

export interface SchemaTable {
  /** Minor versions: 20 is Kubernetes 1.20. */
  oldest: number
  newest: number
  definitions: Record<string, Record<string, FieldSchema>>
}
