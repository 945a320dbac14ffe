/** Pages of a listing, checked: a page that was cut off must not look like a shorter history. */
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'

import type { Bucket } from './bucket.js'
import { JunkAnswer } from './errors.js'

/** One page: names without the prefix, and where to go on. */
export interface Page {
  names: string[]
  /** Undefined on the last page. */
  next: string | undefined
}

/** Reads the SDK's form. Throws a JunkAnswer where the page is not whole. */
export function readPage(page: ListObjectsV2CommandOutput, prefix: string): Page {
  if (page.IsTruncated === undefined) throw new JunkAnswer('the answer is not a list of objects')
  if (page.IsTruncated && !page.NextContinuationToken) throw new JunkAnswer('the list is cut off')
  const keys = [
    ...(page.Contents ?? []).map(({ Key }) => Key),
    ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix?.replace(/\/$/, '')),
  ]
  if (page.KeyCount !== undefined && page.KeyCount !== keys.length) throw new JunkAnswer('the list is cut off')
  const names = keys.map((key) => {
    if (!key?.startsWith(prefix)) throw new JunkAnswer('the list is of another prefix')
    return key.slice(prefix.length)
  })
  return { names: names.filter((name) => name !== ''), next: page.IsTruncated ? page.NextContinuationToken : undefined }
}

/** Every page of a listing in ascending order, each name once; there is at least one page. */
export async function* pagesOf(
  bucket: Bucket,
  prefix: string,
  folders = false,
): AsyncGenerator<{ names: string[]; last: boolean }> {
  let token: string | undefined
  let reached = ''
  for (;;) {
    const page: Page = await bucket.list(prefix, { folders, token })
    // Some stores begin a page with the name that the last one ended with.
    const names = page.names.filter((name) => name > reached).sort()
    if (page.next !== undefined && (page.next === token || names.length === 0)) {
      throw new Error(`the list of ${prefix} does not get on: the store gives the same page again`)
    }
    reached = names.at(-1) ?? reached
    yield { names, last: page.next === undefined }
    if (page.next === undefined) return
    token = page.next
  }
}

/** Every name below a prefix. */
export async function allNames(bucket: Bucket, prefix: string, folders = false): Promise<string[]> {
  const names: string[] = []
  for await (const page of pagesOf(bucket, prefix, folders)) names.push(...page.names)
  return names
}
