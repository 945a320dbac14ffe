/** Validates the manifests of a folder, offline, and prints each finding with its place. */
import { readSources, validateManifests } from 'arbk8s'

const [folder = 'jobs'] = process.argv.slice(2)

const { summary, findings } = await validateManifests(readSources({ paths: [folder] }), { kubeVersion: '1.31' })
for (const { file, line, column, severity, rule, message, fix } of findings)
  console.log(`${file}:${line}:${column}: ${severity} ${rule}: ${message}. ${fix}`)
console.log(`${summary.valid} of ${summary.total} valid, ${summary.errors} errors, ${summary.warnings} warnings`)
