/** Results that go to a file. */
import { writeFileAtomic } from '../base/files.js'
import { masker } from './masker.js'

/** Writes a report whole or not at all, without secrets. */
export function writeResult(file: string, text: string): Promise<void> {
  return writeFileAtomic(file, masker.mask(text))
}
