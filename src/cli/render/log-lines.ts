/** Log lines of containers, always behind a prefix, so that none of them can pass for a line of ours or for a command. */
import type { ContainerLog } from '../../cluster/types.js'
import type { Palette } from './colour.js'

/** One block per container: where the lines come from, then the lines. */
export function logBlocks(logs: readonly ContainerLog[], palette: Palette): string[] {
  return logs
    .filter(({ lines }) => lines.length > 0)
    .map(({ pod, container, lines }) =>
      [
        palette.bold(`log of pod ${pod}, container ${container}`),
        ...lines.map((line) => `${palette.dim('│')} ${line}`),
      ].join('\n'),
    )
}
