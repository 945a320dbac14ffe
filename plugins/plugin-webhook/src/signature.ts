/** The signature by which a receiver knows that a request is ours, unchanged and not an old one played again. */
import { createHmac } from 'node:crypto'

/** `X-Arbk8s-Signature: t=UNIX,v1=HEX`: the HMAC-SHA256, in hex, of `UNIX.BODY` under the channel's secret. */
export function signatureHeader(body: string, secret: string, now: Date): Record<string, string> {
  const time = Math.floor(now.getTime() / 1000)
  const digest = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
  return { 'x-arbk8s-signature': `t=${time},v1=${digest}` }
}
