/** The kubectl command that does what an apply does. */
import { fieldManager } from '../session/job.js'

/** Flags that a kubectl command needs to reach the same cluster. */
export interface KubectlTarget {
  kubeconfig?: string | undefined
  context?: string | undefined
}

/** One line for a POSIX shell. */
export function kubectlApply(file: string, namespace: string, { kubeconfig, context }: KubectlTarget = {}): string {
  const words = ['kubectl', 'apply', '--server-side', `--field-manager=${fieldManager}`]
  if (kubeconfig !== undefined) words.push('--kubeconfig', kubeconfig)
  if (context !== undefined) words.push('--context', context)
  return [...words, '-n', namespace, '-f', file].map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
