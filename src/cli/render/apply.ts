/** What jobs apply says where it did not come to a plan. */
import { cleanLine, count } from '../../base/text.js'
import type { ValidationResult } from '../../manifests/validate.js'

const shownErrors = 20

/** The first errors with their places, and that nothing was sent. */
export function invalidManifestsText({ summary, findings }: ValidationResult): string {
  const errors = findings.filter((finding) => finding.severity === 'error')
  return [
    `${summary.invalid} of ${count(summary.total, 'manifest')} ${summary.invalid === 1 ? 'is' : 'are'} not valid; nothing was planned or sent.`,
    '',
    '[ERRORS]',
    ...errors
      .slice(0, shownErrors)
      .map(
        ({ file, line, column, message, fix }) =>
          `  ✗ ${cleanLine(file)}:${line}:${column}: ${cleanLine(message)}. ${cleanLine(fix)}`,
      ),
    ...(errors.length > shownErrors
      ? [`  and ${errors.length - shownErrors} more; arbk8s jobs validate shows them all`]
      : []),
    '',
    '[SUMMARY]',
    `  Total:      ${summary.total}`,
    '  Successful: 0',
    `  Failed:     ${summary.invalid}`,
    `  Skipped:    ${summary.valid}`,
  ].join('\n')
}
