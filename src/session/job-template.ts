/** The `{{name}}` placeholders of a session's command and args. */
import { ArbError } from '../base/errors.js'
import { nearest } from '../base/text.js'

export const templateNames = [
  'session_id',
  'worker_id',
  'iterations',
  'index',
  'config_path',
  'optimizer',
  'mode',
  'env',
  'output_csv',
] as const

export type TemplateName = (typeof templateNames)[number]
/** A value a placeholder stands for; undefined where the session has none. */
export type TemplateValues = Record<TemplateName, string | undefined>

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The text with every placeholder replaced. Throws for one that is unknown or has no value. */
export function fillTemplate(text: string, values: TemplateValues, where: string): string {
  return text.replace(placeholder, (_all, name: string) => {
    if (!isTemplateName(name)) throw unknownTemplate(name, where)
    const value = values[name]
    if (value === undefined) throw missingValue(name, where)
    return value
  })
}

/** The placeholders that the texts use, known or not. */
export function placeholdersIn(texts: readonly string[]): string[] {
  return texts.flatMap((text) => [...text.matchAll(placeholder)].map((match) => match[1]!))
}

function isTemplateName(name: string): name is TemplateName {
  return (templateNames as readonly string[]).includes(name)
}

function unknownTemplate(name: string, where: string): ArbError {
  const near = nearest(name, templateNames)
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${where}: unknown placeholder {{${name}}}`,
    hints: near ? [`Did you mean {{${near}}}?`] : [`Known: ${templateNames.map((known) => `{{${known}}}`).join(' ')}`],
  })
}

function missingValue(name: TemplateName, where: string): ArbError {
  if (name === 'iterations') {
    return new ArbError({
      code: 'ARB_SESSION_INVALID',
      message: `${where}: {{iterations}} has no single value in the indexed layout unless every worker gets the same number`,
      hints: [
        'Make total_iterations a multiple of workers, or let the program read TOTAL_ITERATIONS, WORKERS and JOB_COMPLETION_INDEX.',
      ],
    })
  }
  return new ArbError({
    code: 'ARB_CONFIG_INVALID',
    message: `${where}: {{${name}}} is used, and the config has no ${name}`,
    hints: [`Add ${name}: to the config.`],
  })
}
