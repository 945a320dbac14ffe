/** Reference pages that are tables of what the code has: errors, settings, the session config, rules. */
import { errorCatalogue } from '../../dist/base/errors.js'
import { settingKeys } from '../../dist/config/settings.js'
import { ruleCatalogue } from '../../dist/manifests/rules/catalogue.js'
import {
  k8sConfigSchema,
  orchestratorConfigSchema,
  sessionConfigReference,
} from '../../dist/session/config-reference.js'

const generatedLine = 'Generated from the code by `npm run generate`.'

export async function referencePages() {
  return [
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/settings.md', settingsPage()],
    ['docs/reference/rules.md', rulesPage()],
    ['docs/reference/session-config.md', sessionConfigReference()],
    ['schemas/k8s-config.json', JSON.stringify(k8sConfigSchema(), null, 2)],
    ['schemas/orchestrator-config.json', JSON.stringify(orchestratorConfigSchema(), null, 2)],
  ]
}

function errorsPage() {
  return [
    '# Errors',
    '',
    generatedLine,
    '',
    'An error says what happened, to which file, object or host, and what to do next; its code stands in brackets at the',
    'end and under `error.code` with `--json`. Codes are stable. All of these end with exit code 3, but for an',
    'interruption, which ends with 130 (SIGINT) or 143 (SIGTERM): 3 means that the state is not known.',
    '',
    '| code | what it means |',
    '|---|---|',
    ...Object.entries(errorCatalogue).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
  ].join('\n')
}

function settingsPage() {
  return [
    '# Settings',
    '',
    generatedLine,
    '',
    'A value comes from the flag, else from its `ARBK8S_…` variable, else from `arbk8s.yaml` in the working folder or the',
    'nearest folder above it, else from `config.yaml` in `$XDG_CONFIG_HOME/arbk8s` (`~/.config/arbk8s`). `arbk8s doctor`',
    'shows which value came from where. Relative paths start at the file that they stand in. `arbk8s init` writes a',
    'commented file.',
    '',
    '| key | type | flag | what it is |',
    '|---|---|---|---|',
    ...settingKeys.map(
      ({ key, type, flag, description }) =>
        `| \`${key}\` | ${type} | ${flag ? `\`--${flag}\`` : ''} | ${description} |`,
    ),
  ].join('\n')
}

const levels = { 1: 'YAML', 2: 'structure', 3: 'detail' }

function rulesPage() {
  return [
    '# Rules of validation',
    '',
    generatedLine,
    '',
    'What `arbk8s jobs validate` checks, on three levels: the YAML, the structure by the schema of the chosen Kubernetes',
    'version, and the details. An error makes a manifest invalid; a warning does so with `--strict`. Ids are stable.',
    '',
    '| rule | level | severity | what it asks for | why | what to do |',
    '|---|---|---|---|---|---|',
    ...ruleCatalogue.map(({ id, level, severity, description, reason, fix }) => {
      const cells = [`\`${id}\``, levels[level], severity, description, reason, fix]
      return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
    }),
  ].join('\n')
}
