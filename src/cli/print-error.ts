/** Anything thrown, as one shape, and as text or JSON. The only place that renders errors. */
import { exitCodes, isArbError, messageOf, type ErrorCode } from '../base/errors.js'
import { cleanLine } from '../base/text.js'
import { writeErr, writeOut } from './output.js'
import { usageProblem, withoutFrame, type OclifError } from './usage-error.js'
import type { ErrorResult } from './results.js'

export interface ErrorView {
  code: ErrorCode
  message: string
  /** What to do next. */
  hints: string[]
  exit_code: number
  /** Particulars of this code, e.g. `{file, line}` or `{verb, resource, namespace}`. */
  details: Record<string, unknown>
}

/** The view of an error: ours as it is, oclif's own as a usage error, anything else as a defect of ours. */
export function viewOf(error: unknown): ErrorView {
  if (isArbError(error)) {
    const { code, message, hints, exitCode, details } = error
    return { code, message: cleanLines(withoutFrame(message)), hints, exit_code: exitCode, details }
  }
  if (isOclifError(error)) return usageView(error)
  return {
    code: 'ARB_INTERNAL',
    message: `unexpected error: ${cleanLine(messageOf(error))}`,
    hints: ['This is a defect in arbk8s. Run again with DEBUG=arbk8s to see where, and report it.'],
    exit_code: exitCodes.failed,
    details: {},
  }
}

function isOclifError(error: unknown): error is OclifError {
  return error instanceof Error && 'oclif' in error
}

function usageView(error: OclifError): ErrorView {
  return { code: 'ARB_USAGE', ...usageProblem(error), exit_code: exitCodes.failed, details: {} }
}

function cleanLines(text: string): string {
  return text.split('\n').map(cleanLine).join('\n')
}

/** Prints the error and sets the process's exit code; never exits, so that nothing is cut off. */
export async function printError(error: unknown, { json }: { json: boolean }): Promise<void> {
  const view = viewOf(error)
  process.exitCode = view.exit_code
  const result: ErrorResult = { error: view }
  if (json) await writeOut(JSON.stringify(result, null, 2))
  else await writeErr(errorText(view))
  if (view.code === 'ARB_INTERNAL' && /(^|,)(arbk8s|\*)/.test(process.env.DEBUG ?? ''))
    await writeErr(String((error as Error)?.stack ?? error))
}

/** `Error: …` and the hints below it. */
export function errorText(view: ErrorView): string {
  const lines = [`Error: ${view.message} (${view.code})`]
  for (const hint of view.hints) lines.push(`  → ${hint}`)
  return lines.join('\n')
}
