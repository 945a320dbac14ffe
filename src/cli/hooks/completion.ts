/**
 * After the commands that write the bash completion: the script of the completion plugin loses its way behind the first
 * flag, where most flags are typed, and never offers file names. Two lines of it are changed; where they are not there,
 * the script is left as it is.
 */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Hook } from '@oclif/core'

const completion: Hook<'postrun'> = async ({ Command, config }) => {
  if (!/^(autocomplete|plugins)(:|$)/.test(Command.id)) return
  const file = path.join(config.cacheDir, 'autocomplete', 'functions', 'bash', `${config.bin}.bash`)
  const script = await readFile(file, 'utf8').catch(() => undefined)
  if (script === undefined) return
  const mended = withFlagsAnywhere(script)
  if (mended !== script) await writeFile(file, mended)
}

/** The script with flags completed behind other flags, and file names where nothing else fits. */
export function withFlagsAnywhere(script: string): string {
  const cut = 'normalizedCommand="${normalizedCommand%%:-*}"'
  if (script.includes(cut)) return script
  return script
    .replace(/^( *)normalizedCommand=.*COMP_CWORD - 1.*$/m, (line, indent: string) => `${line}\n${indent}${cut}`)
    .replace(/^complete -F /m, 'complete -o default -F ')
}

export default completion
