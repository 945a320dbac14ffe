/** Reading an answer: its size bounded, its type and kind checked. */
import type { IncomingMessage } from 'node:http'

import { ArbError } from '../base/errors.js'
import { isRecord } from '../base/json.js'
import { cleanLine, shorten } from '../base/text.js'
import { oddAnswer, unreachable } from './network-errors.js'

const standardMaxBytes = 128 * 1024 * 1024

/** The whole body as text. */
export async function readAnswer(response: IncomingMessage, server: URL, maxBytes = standardMaxBytes): Promise<string> {
  const encoding = response.headers['content-encoding']
  if (encoding && encoding !== 'identity') {
    response.destroy()
    throw oddAnswer(server, `it is compressed (${shown(encoding)}), which was not asked for`, response.statusCode)
  }
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw oddAnswer(server, `it has more than ${maxBytes} bytes`, response.statusCode)
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof ArbError ? error : unreachable(server, error, true)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The JSON object of a body; an error where it is another thing, such as a login page, or not of the kind asked for. */
export function checkedJson(
  response: IncomingMessage,
  text: string,
  { server, kind }: { server: URL; kind: string | undefined },
): Record<string, unknown> {
  const type = response.headers['content-type'] ?? 'no content type'
  const odd = (problem: string): ArbError => oddAnswer(server, problem, response.statusCode)
  if (!/^application\/json\b/i.test(type)) throw odd(`${shown(type.split(';')[0] ?? '')} where JSON was asked for`)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw odd('JSON that is cut off or damaged')
  }
  if (!isRecord(body)) throw odd('JSON that is not an object')
  if (kind !== undefined && body.kind !== kind)
    throw odd(`the kind "${shown(String(body.kind))}" where "${kind}" was asked for`)
  return body
}

function shown(text: string): string {
  return shorten(cleanLine(text), 60)
}
