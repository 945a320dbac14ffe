/** A validation result as `--json` prints it. */
import type { Finding } from './finding.js'
import type { ValidationResult } from './validate.js'

/** A validation result as --json prints it. */
export interface WireValidation {
  kube_version: string
  strict: boolean
  summary: {
    files: number
    total: number
    valid: number
    invalid: number
    errors: number
    warnings: number
    namespaces: string[]
  }
  requests: Record<string, string>
  manifests: {
    file: string
    document: number
    line: number
    name: string | null
    namespace: string | null
    valid: boolean
    errors: number
    warnings: number
  }[]
  findings: Finding[]
}

/** The wire form: snake_case, without the objects themselves. */
export function validationToWire(result: ValidationResult): WireValidation {
  return {
    kube_version: result.kubeVersion,
    strict: result.strict,
    summary: result.summary,
    requests: result.requests,
    manifests: result.manifests.map(({ job: _job, ...manifest }) => manifest),
    findings: result.findings,
  }
}
