/** Kubernetes' rules for names, as functions that say what is wrong, or nothing. */

/** The longest DNS-1123 label and the longest label value. */
export const maxLabelLength = 63

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const dnsSubdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const qualifiedPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const environmentName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

/** For names of namespaces and containers, and for Job names, which become label values and host names. */
export function dnsLabelProblem(text: string): string | undefined {
  if (text.length > maxLabelLength) return `it has ${text.length} characters; at most ${maxLabelLength} are allowed`
  if (dnsLabel.test(text)) return undefined
  return 'only a-z, 0-9 and - are allowed, with a letter or digit first and last'
}

/** For names of most objects, such as Secrets and service accounts. */
export function dnsSubdomainProblem(text: string): string | undefined {
  if (text.length > 253) return `it has ${text.length} characters; at most 253 are allowed`
  if (dnsSubdomain.test(text)) return undefined
  return 'only a-z, 0-9, - and . are allowed, with a letter or digit first and last'
}

/** For the values of labels; the empty value is allowed. */
export function labelValueProblem(text: string): string | undefined {
  if (text.length > maxLabelLength) return `it has ${text.length} characters; at most ${maxLabelLength} are allowed`
  if (text === '' || qualifiedPart.test(text)) return undefined
  return 'only A-Z, a-z, 0-9, -, _ and . are allowed, with a letter or digit first and last'
}

/** For the keys of labels and annotations: `name` or `domain/name`. */
export function qualifiedNameProblem(text: string): string | undefined {
  const slash = text.indexOf('/')
  const name = text.slice(slash + 1)
  if (slash !== -1) {
    const problem = slash === 0 ? 'it is empty' : dnsSubdomainProblem(text.slice(0, slash))
    if (problem) return `the part before the / must be a domain name: ${problem}`
  }
  if (name.length > maxLabelLength)
    return `the name has ${name.length} characters; at most ${maxLabelLength} are allowed`
  if (qualifiedPart.test(name)) return undefined
  return 'only A-Z, a-z, 0-9, -, _ and . are allowed, with a letter or digit first and last, and one domain/ before it'
}

/** For names of environment variables, as every Kubernetes version takes them. */
export function envNameProblem(text: string): string | undefined {
  if (text === '.' || text === '..' || text.startsWith('..')) return 'it must not begin with ".." or be "."'
  if (environmentName.test(text)) return undefined
  return 'only letters, digits, -, _ and . are allowed, and no digit first'
}
