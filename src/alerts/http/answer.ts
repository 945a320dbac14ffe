/** What is read of an answer. */

/** Bytes of an answer that are read; the rest is dropped with the connection. */
export const maxAnswerBytes = 64 * 1024

/** Headers of the same name as one value. */
export function joinedHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    Object.defineProperty(out, name, { value: text, enumerable: true, writable: true, configurable: true })
  }
  return out
}

/**
 * The answer's start as text. A packed answer was not asked for and is not unpacked, so that a small one cannot become a
 * large one: its text is empty.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const packed = !/^(identity)?$/i.test(headers['content-encoding']?.trim() ?? '')
  if (packed) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, maxAnswerBytes - size))
    size += chunks.at(-1)!.length
    if (size >= maxAnswerBytes) break
  }
  // A character that the cut went through is left out.
  return new TextDecoder().decode(Buffer.concat(chunks), { stream: true })
}
