/** Rules that hold for the metadata of every kind, in the server's words. */
import { invalidValue, required, tooLong } from '../api/status.js'
import type { Cause } from '../api/status.js'
import type { Meta } from '../store/objects.js'

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

const regexOf = (rule: RegExp) => rule.source.slice(1, -1)
const labelRule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${regexOf(label)}')`
const subdomainRule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${regexOf(subdomain)}')`
const qualifiedRule = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`
const labelValueRule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`

const most = (max: number) => `must be no more than ${max} characters`

/** Problems of a DNS-1123 label (containers, namespaces). */
export function labelProblems(field: string, name: string): Cause[] {
  if (name.length > 63) return [invalidValue(field, name, most(63))]
  return label.test(name) ? [] : [invalidValue(field, name, labelRule)]
}

/** Problems of a DNS-1123 subdomain (most objects' names). */
export function subdomainProblems(field: string, name: string): Cause[] {
  if (name.length > 253) return [invalidValue(field, name, most(253))]
  return subdomain.test(name) ? [] : [invalidValue(field, name, subdomainRule)]
}

/** Problems of an object's metadata. */
export function metaProblems(meta: Partial<Meta>, options: { name: 'label' | 'subdomain'; path?: string }): Cause[] {
  const path = options.path ?? 'metadata'
  if (!meta.name) return [required(`${path}.name`, 'name or generateName is required')]
  const nameProblems = options.name === 'label' ? labelProblems : subdomainProblems
  return [...nameProblems(`${path}.name`, meta.name), ...labelsProblems(meta, path)]
}

/** Problems of labels and annotations. */
export function labelsProblems(meta: Partial<Meta>, path: string): Cause[] {
  const causes: Cause[] = []
  for (const [key, value] of Object.entries(meta.labels ?? {})) {
    causes.push(...keyProblems(`${path}.labels`, key))
    if (value.length > 63) causes.push(invalidValue(`${path}.labels`, value, most(63)))
    else if (!labelValue.test(value)) causes.push(invalidValue(`${path}.labels`, value, labelValueRule))
  }
  let total = 0
  for (const [key, value] of Object.entries(meta.annotations ?? {})) {
    causes.push(...keyProblems(`${path}.annotations`, key.toLowerCase()))
    total += Buffer.byteLength(key) + Buffer.byteLength(value)
  }
  if (total > 256 * 1024) causes.push(tooLong(`${path}.annotations`, 256 * 1024))
  return causes
}

function keyProblems(field: string, key: string): Cause[] {
  const parts = key.split('/')
  const name = parts.at(-1)!
  if (parts.length > 2)
    return [
      invalidValue(
        field,
        key,
        "a qualified name must have an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
      ),
    ]
  if (parts.length === 2 && !subdomain.test(parts[0]!))
    return [invalidValue(field, key, `prefix part ${subdomainRule}`)]
  if (name === '') return [invalidValue(field, key, 'name part must be non-empty')]
  if (name.length > 63) return [invalidValue(field, key, `name part ${most(63)}`)]
  return qualifiedName.test(name) ? [] : [invalidValue(field, key, qualifiedRule)]
}
