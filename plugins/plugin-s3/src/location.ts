/** What `s3://bucket/prefix` names. */

/** A bucket and the prefix under which everything of one history stands; the prefix has no slash at its ends. */
export interface S3Location {
  bucket: string
  prefix: string
}

const bucketForm = /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/

/** Throws with `code: 'ERR_SETTINGS'` where the location cannot be one; the message never repeats what may be a secret. */
export function parseLocation(location: string): S3Location {
  const rest = location.replace(/^s3:\/\//i, '')
  const slash = rest.indexOf('/')
  const bucket = slash < 0 ? rest : rest.slice(0, slash)
  if (bucket.includes('@')) {
    throw settingsError('an s3:// location takes no user or password; give credentials by the usual AWS variables')
  }
  if (!bucketForm.test(bucket)) throw settingsError(`"${bucket}" cannot be a bucket: write s3://BUCKET/PREFIX`)
  const prefix = (slash < 0 ? '' : rest.slice(slash)).replace(/^\/+|\/+$/g, '')
  if (prefix === '') {
    throw settingsError(`s3://${bucket} has no prefix: name one for this history, e.g. s3://${bucket}/history`)
  }
  if (/\/\/|[\p{Cc}?#]/u.test(prefix) || prefix.split('/').some((part) => part === '.' || part === '..')) {
    throw settingsError(`the prefix of ${JSON.stringify(location)} may not hold "//", ".", "..", "?" or "#"`)
  }
  return { bucket, prefix }
}

/** An error of settings as the contract names it. */
export function settingsError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_SETTINGS' })
}
