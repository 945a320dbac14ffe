/**
 * Nothing reaches stdout or stderr unmasked, whoever writes it: a command, a live screen, oclif, a plugin, `DEBUG=*`,
 * `NODE_DEBUG=*`. Libraries write to the streams directly, so the streams are where the masker stands.
 */
import { hidden } from '../base/secret-forms.js'
import { masker } from './masker.js'

/** A Buffer as Node's own debug lines show it: a request's body, byte by byte. */
const shownBytes = /<(Buffer|Uint8Array)((?: [0-9a-f]{2})+)/g

/** Installed once, at the start of the process. */
export function maskOutput(): void {
  maskStream(process.stdout, (text) => masker.mask(text))
  maskStream(process.stderr, (text) => masker.mask(text.replace(shownBytes, `<$1 ${hidden}`)))
  takeWarnings()
}

function maskStream(stream: NodeJS.WriteStream, mask: (text: string) => string): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  stream.write = (chunk: unknown, ...rest: unknown[]): boolean => write(maskedChunk(chunk, mask), ...rest)
}

function maskedChunk(chunk: unknown, mask: (text: string) => string): unknown {
  if (typeof chunk === 'string') return mask(chunk)
  if (!(chunk instanceof Uint8Array)) return chunk
  const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('utf8')
  const masked = mask(text)
  // Bytes that are no text stay as they are.
  return masked === text ? chunk : masked
}

/** Node prints warnings past the stream; they may repeat what a library was given. */
function takeWarnings(): void {
  if (process.listenerCount('warning') === 0) return
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    process.stderr.write(`Warning: ${warning.name}: ${warning.message}\n`)
  })
}
