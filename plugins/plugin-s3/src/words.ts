/** The words for each failure: what happened, where, and what to do. */
import { type Call, failureOf, type Failure, JunkAnswer, Redirected } from './errors.js'

/** The error that is thrown to the host: a plain one, since the SDK's holds the whole answer. */
export function explained(error: unknown, call: Call, endpoint: string | undefined): Error {
  return new Error(messageFor(error, call, endpoint))
}

/** One line about a failed call. `endpoint` is undefined for AWS itself. */
function messageFor(error: unknown, call: Call, endpoint: string | undefined): string {
  const place = `s3://${call.bucket}/${call.key}`
  const at = endpoint ?? 'AWS S3'
  if (error instanceof Redirected) return redirected(error, place, at)
  if (error instanceof JunkAnswer) return `${place}: ${error.message}; ${notS3(at)}`
  const failure = failureOf(error)
  if (failure.status >= 200 && failure.status < 300) return `${place}: the answer is not one of S3; ${notS3(at)}`
  const words = byName[failure.code] ?? byName[failure.name]
  if (words) return `${place}: ${words(call, at)}`
  if (/credential/i.test(failure.name)) return `${place}: ${noCredentials}`
  if (/region is missing/i.test(failure.message)) return `${place}: no region is known; ${giveRegion}`
  if (failure.status === 403) return `${place}: ${denied(call, at)}`
  if (failure.status > 0) return `${place}: ${at} answered ${failure.status} ${shortMessage(failure)}`
  return `${place}: ${at} cannot be reached: ${shortMessage(failure)}`
}

const notS3 = (at: string): string => `${at} is not S3, or a proxy or login page answers in its place`
const giveRegion = 'set AWS_REGION or stores.s3.region'
const noCredentials =
  'no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE or stores.s3.profile, or run where a role gives them'

const denied = ({ action, bucket, key }: Call, at: string): string =>
  action === 's3:ListBucket'
    ? `${at} does not allow it; the credentials need s3:ListBucket on the bucket ${bucket} for the prefix ${key}`
    : `${at} does not allow it; the credentials need ${action} on ${bucket}/${key.replace(/\/(records|segments)\/.*$/, '/*')}`

const badKey = (): string =>
  'the access key is not known there; look at AWS_ACCESS_KEY_ID, the profile, and whether they are meant for this endpoint'

const byName: Record<string, (call: Call, at: string) => string> = {
  NoSuchBucket: ({ bucket }, at) =>
    `there is no bucket ${bucket} at ${at}; make it first, or look at the name and the endpoint`,
  AccessDenied: denied,
  Forbidden: denied,
  AllAccessDisabled: denied,
  InvalidAccessKeyId: badKey,
  SignatureDoesNotMatch: () =>
    'the signature was not accepted: the secret access key does not belong to the access key, or this access key is not known there; look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the profile',
  RequestTimeTooSkewed: () => "this machine's clock is too far from the server's; set the clock",
  ExpiredToken: () => 'the session token has expired; log in again',
  TokenRefreshRequired: () => 'the session token has expired; log in again',
  InvalidToken: () => 'the session token is not valid; look at AWS_SESSION_TOKEN',
  AuthorizationHeaderMalformed: () => `the region is not the bucket's; ${giveRegion}`,
  IllegalLocationConstraintException: () => `the region is not the bucket's; ${giveRegion}`,
  PermanentRedirect: () => `the bucket is in another region; ${giveRegion}`,
  CredentialsProviderError: () => noCredentials,
  TokenProviderError: () => 'the SSO session has expired or was never begun; run: aws sso login',
  TryTimeout: (_call, at) => `${at} did not answer in time; look at the network, or raise stores.s3.timeout`,
  TimeoutError: (_call, at) => `${at} did not answer in time; look at the network, or raise stores.s3.timeout`,
  SlowDown: (_call, at) => `${at} is asked too often and said so to every try; try again later`,
  // The SDK calls these a timeout.
  ECONNRESET: cutOff,
  EPIPE: cutOff,
  ECONNREFUSED: (_call, at) => `${at} does not accept connections; is the endpoint right and the server up?`,
  ENOTFOUND: (_call, at) => `the host of ${at} is not known; look at the endpoint and the region`,
  EAI_AGAIN: (_call, at) => `the name server does not answer about the host of ${at}`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  ERR_MODULE_NOT_FOUND: () =>
    'the package @aws-sdk/client-s3 is not there; install the plugin again: arbk8s plugins install s3',
  CERT_HAS_EXPIRED: (_call, at) => `the certificate of ${at} has expired`,
}

function cutOff(_call: Call, at: string): string {
  return `the connection to ${at} was cut at every try; look at the network, or try again later`
}

function untrusted(_call: Call, at: string): string {
  return `the certificate of ${at} is not trusted here; name its authority's file in NODE_EXTRA_CA_CERTS`
}

function redirected({ status, region }: Redirected, place: string, at: string): string {
  const known = region ? `the bucket is in region ${region}: set AWS_REGION or stores.s3.region to it` : giveRegion
  return `${place}: ${at} redirects to another address (${status}), which is not followed; ${known}, or look at the endpoint`
}

function shortMessage({ name, message }: Failure): string {
  const cleaned = message
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
  // What the SDK says where it could not read an answer is about its own fields.
  const words = /Deserialization error|UnknownError/.test(cleaned) ? 'with words that are not those of S3' : cleaned
  const text = ['Error', 'UnknownError'].includes(name) || words.startsWith(name) ? words : `${name}: ${words}`
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}
