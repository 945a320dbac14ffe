/** The end of the chain, found from the end of the files. */
import type { Hash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

import type { AppendHandle } from './append.js'
import { linesBackward, linesForward } from './lines.js'
import { afterLink, linkBytes, linkOf, passOver } from './link.js'
import { closedFiles, openClosed } from './pieces.js'

/** True where the file's last line is whole and ends in a link. */
export async function endsInLink(handle: AppendHandle): Promise<boolean> {
  const end = await lastBytes(handle)
  return end.at(-1) === 0x0a && linkOf(end.subarray(0, -1)) !== undefined
}

/** A hash that waits for the next line of the file: primed with the last link and with what stands behind it. */
export async function tipOf(file: string, handle: FileHandle): Promise<Hash> {
  const end = await lastBytes(handle)
  const direct = linkOf(end.at(-1) === 0x0a ? end.subarray(0, -1) : end)
  if (direct) return afterLink(direct)
  const link = await lastLink(handle)
  const hash = afterLink(link?.hash ?? (await lastLinkOfClosed(file)))
  let first = link !== undefined
  for await (const { bytes } of linesForward(handle, { from: link?.start ?? 0 })) {
    if (!first) passOver(hash, bytes)
    first = false
  }
  return hash
}

/** The last link of the closed files, empty where there is none. */
async function lastLinkOfClosed(file: string): Promise<string> {
  for (const closed of (await closedFiles(file)).reverse()) {
    const handle = await openClosed(closed)
    const link = handle && (await lastLink(handle).finally(() => handle.close()))
    if (link) return link.hash
  }
  return ''
}

/** The last line with a link. */
export async function lastLink(handle: FileHandle): Promise<{ hash: string; start: number } | undefined> {
  for await (const { bytes, start } of linesBackward(handle)) {
    const hash = bytes && linkOf(bytes)
    if (hash) return { hash, start }
  }
  return undefined
}

async function lastBytes(handle: AppendHandle): Promise<Buffer> {
  const { size } = await handle.stat()
  // One more than the link, so that a line that is nothing but a link is not taken for one, and the newline.
  const end = Buffer.alloc(Math.min(size, linkBytes + 2))
  await handle.read(end, 0, end.length, size - end.length)
  return end
}
