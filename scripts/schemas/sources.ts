/**
 * Where each Kubernetes version's OpenAPI comes from: published npm packages whose models are generated from it. They
 * are fetched into a temporary folder by `npm pack`; nothing of them is installed or shipped.
 */

export interface SchemaSource {
  /** Kubernetes minor version: 31 is 1.31. */
  minor: number
  package: string
  /** `client`: models with types and formats. `imports`: interfaces that also tell quantities apart. */
  form: 'client' | 'imports'
}

/** One source a version; 1.35 has none: a field that came between 1.34 and 1.36 counts as there since 1.35. */
export const schemaSources: readonly SchemaSource[] = [
  { minor: 20, package: '@kubernetes/client-node@0.14.3', form: 'client' },
  { minor: 21, package: '@kubernetes/client-node@0.15.1', form: 'client' },
  { minor: 22, package: '@kubernetes/client-node@0.16.3', form: 'client' },
  { minor: 23, package: 'cdk8s-plus-23@2.3.14', form: 'imports' },
  { minor: 24, package: '@kubernetes/client-node@0.17.1', form: 'client' },
  { minor: 25, package: '@kubernetes/client-node@0.18.1', form: 'client' },
  { minor: 26, package: 'cdk8s-plus-26@2.4.17', form: 'imports' },
  { minor: 27, package: '@kubernetes/client-node@0.19.0', form: 'client' },
  { minor: 28, package: '@kubernetes/client-node@0.20.0', form: 'client' },
  { minor: 29, package: '@kubernetes/client-node@0.21.0', form: 'client' },
  { minor: 30, package: '@kubernetes/client-node@0.22.3', form: 'client' },
  { minor: 31, package: 'cdk8s-plus-31@2.6.43', form: 'imports' },
  { minor: 32, package: '@kubernetes/client-node@1.1.2', form: 'client' },
  { minor: 33, package: '@kubernetes/client-node@1.3.0', form: 'client' },
  { minor: 34, package: '@kubernetes/client-node@1.4.0', form: 'client' },
  { minor: 36, package: '@kubernetes/client-node@2.0.1', form: 'client' },
]

/** The kinds whose fields, and the fields of everything within them, are in the table. */
export const schemaRoots = ['V1Job'] as const
