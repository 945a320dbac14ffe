/** What is a secret by its shape, whoever wrote it: masked always, also where nobody registered it. */
import { hidden, shownUrl } from './secret-forms.js'

/** Sites whose URLs are secrets as a whole. */
const webhookUrl =
  /https:\/\/(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)|(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks|[\w.-]+\.webhook\.office\.com|[\w.-]+\.logic\.azure\.com(?::443)?\/workflows)\/[^\s"'<>\\…]+/g

/**
 * User info in a URL: `scheme://user:password@`. Of the scheme only the end is looked at: from its beginning, a long word
 * would be looked through again from each of its letters.
 */
const userInfo = /(?<=[a-z0-9+.-]:\/\/)[^\s/?#"'<>\\]+@(?=[^\s@])/gi

/** Query parameters that carry secrets. */
const queryValue =
  /([?&](?:amp;)?(?:token|access_token|id_token|auth|api_?key|key|sig|signature|secret|password|X-Amz-(?:Signature|Credential|Security-Token))=)[^\s&"'<>\\#…]+/gi

const authorization =
  /\b(Bearer|Basic|Token|Digest|AWS4-HMAC-SHA256)(\s+)(?=[^\s"',\\]*[\d=+/_.-])[A-Za-z0-9._~+/=:-]{8,}/g

/** `password=…` and `"password": "…"`: a bare value after a colon may be prose and stays. */
const assigned =
  /\b((?:password|passwd|passphrase|client_secret|api_?key|access_token|auth_token|refresh_token|secret_key|aws_session_token|(?:aws_)?secret_access_key|routing_key|integration_key|signing_secret)(?:=|\\*["']\s*[:=]\s*|\s*[:=]\s*(?=\\*["']))\\*["']?)(?!null|true|false|undefined)([^\s"'\\,;&{}[\]<>$*…][^\s"'\\,;&{}[\]<>…]{3,})/gi

const tokens = new RegExp(
  [
    /xox[a-z]-[\w-]{10,}/,
    /xapp-[\w-]{10,}/,
    /(?:AKIA|ASIA)[A-Z0-9]{16}/,
    /gh[opsur]_[A-Za-z0-9]{20,}/,
    /github_pat_\w{20,}/,
    /glpat-[\w-]{20,}/,
    /npm_[A-Za-z0-9]{36}/,
    /sk_live_[A-Za-z0-9]{16,}/,
    /SG\.[\w-]{16,}\.[\w-]{16,}/,
    /AIza[\w-]{35}/,
    // Bounded, since an endless word may begin so again and again.
    /eyJ[\w-]{8,2048}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  ]
    .map(({ source }) => `\\b${source}`)
    .join('|'),
  'g',
)

/** A key with its end, within one text of whatever quotes texts. */
const privateKey =
  /(-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----)(?:(?!-----BEGIN)[^"'{}])+?(-----END (?:[A-Z]+ ){0,4}PRIVATE KEY-----)/g

/**
 * A key whose end is missing: only lines that look like a key's, also as the texts of a JSON array. To take all that
 * follows would make JSON that does not parse of a log line that only speaks of keys.
 */
const cutKey =
  /(-----BEGIN (?:[A-Z]+ ){0,4}PRIVATE KEY-----)(?:[ \t]*(?:\\+[nr]|[\r\n])+[ \t]*(?:[A-Za-z0-9+/=]+(?=[ \t]*(?:[\\\r\n"']|$))|(?:Proc-Type|DEK-Info): [\w,-]+)|(?:\\+[nr]|["',\s])*[A-Za-z0-9+/=]{16,}(?![A-Za-z0-9+/=]|\\*["']\s*:))+/g

/** The text without what is a secret by its shape. */
export function maskPatterns(text: string): string {
  let out = text
  if (out.includes('://')) out = out.replace(webhookUrl, shownUrl).replace(userInfo, `${hidden}@`)
  if (out.includes('=')) out = out.replace(queryValue, `$1${hidden}`)
  if (out.includes('PRIVATE KEY-----')) out = out.replace(privateKey, `$1${hidden}$2`).replace(cutKey, `$1${hidden}`)
  return out.replace(authorization, `$1$2${hidden}`).replace(assigned, `$1${hidden}`).replace(tokens, hidden)
}
