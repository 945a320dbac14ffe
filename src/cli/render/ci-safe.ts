/** Foreign text within a CI job: log lines of Jobs must not become commands of the runner that shows them. */

/**
 * GitHub's and Azure's runners take `##[name]` and `##vso[…]` for commands wherever they stand in a line; `::name::` only
 * at its beginning, which is why foreign lines always stand behind a prefix.
 */
export function ciSafe(text: string, env: Record<string, string | undefined>): string {
  if (!env.GITHUB_ACTIONS && !env.TF_BUILD) return text
  return text.replace(/##(vso)?\[/g, '## $1[')
}
