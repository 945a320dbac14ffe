/** The tool's own form: the alert's payload as it is. */
import type { Alert } from '@arbk8s/plugin-kit'

import { statusRefusal } from '../answer.js'
import { fitted } from '../shorten.js'
import type { Message } from './index.js'

/** No receiver that is known takes less than this. */
const maxBytes = 512_000

/** The payload; with `"shortened": true` where it had to be cut. */
export function ownForm({ payload }: Alert): Message {
  return {
    contentType: 'application/json; charset=utf-8',
    body: fitted(payload, maxBytes, (value, shortened) => JSON.stringify(shortened ? { ...value, shortened } : value)),
    refusal: statusRefusal,
  }
}
