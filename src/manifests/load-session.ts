/** Reads a session's config files, with positions. */
import { ArbError } from '../base/errors.js'
import { readTextFile, reasonOf } from '../base/files.js'
import { secretsInYaml } from '../base/secrets-in-yaml.js'
import type { ConfigDocument } from '../session/config-check.js'
import { sessionOf, type Session } from '../session/session.js'
import { shown, type Problem } from './path.js'
import { documentReader } from './yaml-document.js'

/** The config files of a session. */
export interface SessionFiles {
  k8sConfig: string
  orchestratorConfig?: string
  /** Is told each value that looks like a secret, so that nothing said about the files repeats it. */
  onSecret?: ((value: string) => void) | undefined
}

/** The session that the files describe, and what a user should know about them. Throws an ArbError with file and line. */
export async function loadSession(files: SessionFiles): Promise<{ session: Session; warnings: string[] }> {
  const k8s = await readConfigDocument(files.k8sConfig, files.onSecret)
  if (files.orchestratorConfig === undefined) return sessionOf({ k8s })
  return sessionOf({ k8s, orchestrator: await readConfigDocument(files.orchestratorConfig, files.onSecret) })
}

/** One YAML config file that holds one document. */
export async function readConfigDocument(file: string, onSecret?: SessionFiles['onSecret']): Promise<ConfigDocument> {
  const text = await readTextFile(file).catch((error: unknown) => {
    throw unreadable(file, error)
  })
  if (onSecret) secretsInYaml(text).forEach((secret) => onSecret(secret))
  const read = await documentReader()
  const [document, second] = [...read(text)]
  if (second) throw syntaxError(file, second.line, 'a second document begins here; a config is one document')
  if (!document) return { file, value: null, lineOf: () => 1 }
  const problem = document.problems.find((found) => mustStop(found, document.value))
  if (problem) throw syntaxError(file, problem.position?.line ?? 1, problem.message, problem.fix)
  return { file, value: document.value, lineOf: (path) => document.locate(path, 'key').line }
}

/** Text that only other tools would take for a number (12:30) is text here; what kubectl would turn into one is not. */
function mustStop(problem: Problem, value: unknown): boolean {
  if (problem.severity === 'error') return true
  let found = value
  for (const step of problem.path) found = (found as Record<string | number, unknown> | null)?.[step]
  return typeof found !== 'string'
}

function unreadable(file: string, error: unknown): ArbError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
  return new ArbError({
    code: missing ? 'ARB_CONFIG_NOT_FOUND' : 'ARB_CONFIG_UNREADABLE',
    message: missing ? `${file}: there is no such file` : `${file}: cannot be read: ${reasonOf(error)}`,
    hints: [
      missing
        ? 'Check the path; arbk8s init writes a commented config to begin with.'
        : 'Name a YAML file that this user may read.',
    ],
    details: { file },
    cause: error,
  })
}

function syntaxError(file: string, line: number, message: string, fix?: string): ArbError {
  return new ArbError({
    code: 'ARB_CONFIG_SYNTAX',
    message: `${file}:${line}: ${shown(message)}`,
    hints: fix ? [fix] : [],
    details: { file, line },
  })
}
