/** Every rule there is, in one list. Ids are stable; the reference of rules is made from this. */
import { containerRules } from './containers.js'
import { practiceRules } from './good-practice.js'
import { jobSpecRules } from './job-spec.js'
import { nameRules } from './names.js'
import type { Rule, RuleText } from './rule.js'

/** The rules over one Job. */
export const jobRules: readonly Rule[] = [...nameRules, ...containerRules, ...jobSpecRules, ...practiceRules]

const yaml = { level: 1, severity: 'error' } as const
const schema = { level: 2, severity: 'error' } as const

/** Rules whose checks are the reader, the schema and the comparison of Jobs with one another. */
const otherRules: readonly RuleText[] = [
  {
    ...yaml,
    id: 'yaml/syntax',
    description: 'The text is YAML.',
    reason: 'Nothing else can be read.',
    fix: 'Correct the YAML.',
  },
  {
    ...yaml,
    id: 'yaml/encoding',
    description: 'The file is UTF-8.',
    reason: 'Kubernetes reads nothing else.',
    fix: 'Save it as UTF-8.',
  },
  {
    ...yaml,
    id: 'yaml/size',
    description: 'A document has at most 1 MiB.',
    reason: 'The API server takes less than that.',
    fix: 'Move large data out of the manifest.',
  },
  {
    ...yaml,
    id: 'yaml/depth',
    description: 'A document is at most 64 levels deep.',
    reason: 'A deeper one is a mistake or an attack.',
    fix: 'Check the brackets and the indentation.',
  },
  {
    ...yaml,
    id: 'yaml/alias',
    description: 'Every alias has an anchor before it and outside it.',
    reason: 'The alias means nothing otherwise.',
    fix: 'Write the value out.',
  },
  {
    ...yaml,
    id: 'yaml/alias-bomb',
    description: 'Aliases do not make a document grow without measure.',
    reason: 'A few lines could fill the memory.',
    fix: 'Write the values out, or use fewer aliases.',
  },
  {
    ...yaml,
    id: 'yaml/duplicate-key',
    description: 'A key stands once in its mapping.',
    reason: 'Readers disagree on which of the two counts.',
    fix: 'Keep one of the two.',
  },
  {
    ...yaml,
    id: 'yaml/reserved-key',
    description: 'Keys are not __proto__, constructor or prototype.',
    reason: 'They mislead programs in JavaScript.',
    fix: 'Use another name.',
  },
  {
    ...yaml,
    id: 'yaml/key',
    description: 'Keys are plain text.',
    reason: 'Kubernetes knows no other keys.',
    fix: 'Write a name before the colon.',
  },
  {
    ...yaml,
    id: 'yaml/tag',
    description: 'There are no tags beyond YAML’s plain ones.',
    reason: 'What they mean differs from reader to reader.',
    fix: 'Remove the tag.',
  },
  {
    ...yaml,
    id: 'yaml/number',
    description: 'Numbers are finite.',
    reason: 'JSON, and so the API server, has no infinity.',
    fix: 'Write a number, or text in quotes.',
  },
  {
    ...yaml,
    id: 'yaml/control-character',
    description: 'There are no control characters and none that reorder text.',
    reason: 'They hide what is written from whoever reviews it.',
    fix: 'Remove them.',
  },
  {
    ...yaml,
    severity: 'warning',
    id: 'yaml/ambiguous-scalar',
    description: 'Every reader takes a value for the same thing.',
    reason: 'kubectl reads yes as true and 0444 as 292; other tools do not.',
    fix: 'Put text in quotes; write true, false and plain decimal numbers.',
  },
  {
    ...schema,
    id: 'schema/manifest',
    description: 'A document is a mapping.',
    reason: 'Every Kubernetes object is one.',
    fix: 'Begin with apiVersion, kind, metadata and spec.',
  },
  {
    ...schema,
    id: 'schema/api-version',
    description: 'apiVersion is batch/v1.',
    reason: 'Jobs are served there.',
    fix: 'Write apiVersion: batch/v1.',
  },
  {
    ...schema,
    id: 'schema/kind',
    description: 'kind is Job.',
    reason: 'A session is made of Jobs.',
    fix: 'Keep other objects in another folder.',
  },
  {
    ...schema,
    id: 'schema/required',
    description: 'Required fields are there.',
    reason: 'The API server refuses the object otherwise.',
    fix: 'Add the field.',
  },
  {
    ...schema,
    id: 'schema/type',
    description: 'Values have the type that the field asks for.',
    reason: 'The API server cannot read the object otherwise.',
    fix: 'Write a value of that type.',
  },
  {
    ...schema,
    id: 'schema/choice',
    description: 'Values are among those that the field allows.',
    reason: 'The API server refuses others.',
    fix: 'Write one of the allowed values.',
  },
  {
    ...schema,
    id: 'schema/unknown-field',
    description: 'Every field is one that Kubernetes knows.',
    reason: 'An unknown field is dropped in silence, or refused.',
    fix: 'Correct its name.',
  },
  {
    ...schema,
    id: 'schema/version',
    description: 'Every field is one that the chosen Kubernetes version has.',
    reason: 'An older or newer cluster drops it in silence.',
    fix: 'Remove it, or choose the version of your cluster.',
  },
  {
    level: 3,
    severity: 'error',
    id: 'session/duplicate-name',
    description: 'No two Jobs have the same name in the same namespace.',
    reason: 'The second would overwrite the first.',
    fix: 'Rename one of them.',
  },
]

/** All rules, those of the text first. */
export const ruleCatalogue: readonly RuleText[] = [...otherRules, ...jobRules]
