/**
 * Job objects and YAML files: a session's files written byte for byte, manifests read and validated into findings.
 *
 * @module manifests
 */
export { loadSession, type SessionFiles } from '../manifests/load-session.js'
export { generateFiles, type GeneratedFiles, type GenerateFilesOptions } from '../manifests/generate-files.js'
export type { FileAction, OutputPlan, PlannedFile } from '../manifests/output-folder.js'
export { jobYaml } from '../manifests/write.js'

export { readSources, type ManifestSource, type ReadOptions } from '../manifests/read.js'
export {
  validateManifests,
  type ValidatedManifest,
  type ValidateOptions,
  type ValidationResult,
  type ValidationSummary,
} from '../manifests/validate.js'
export type { Finding, FindingLevel, FindingSeverity } from '../manifests/finding.js'
export type { FieldPath, Position, Problem } from '../manifests/path.js'
export { ruleCatalogue } from '../manifests/rules/catalogue.js'
export type { RuleText } from '../manifests/rules/rule.js'
export { planText } from '../manifests/plan-text.js'
export { validationToWire, type WireValidation } from '../manifests/wire.js'
