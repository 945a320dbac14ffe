import { testStore } from '../../../plugins/plugin-kit/src/testing/index.js'
import { startFakeS3 } from '../../helpers/fake-s3.js'
import { testS3Store } from '../../helpers/s3-store.js'

// The SDK takes its credentials from here; the fake looks at none.
process.env.AWS_ACCESS_KEY_ID ??= 'test'
process.env.AWS_SECRET_ACCESS_KEY ??= 'test'

for (const conditional of ['yes', 'refused', 'ignored'] as const) {
  testStore(
    { describe, it },
    {
      name: `s3, conditional PUT ${conditional},`,
      location: async () => {
        const fake = await startFakeS3()
        fake.conditional = conditional
        fake.pageSize = 7
        return {
          open: (options) => testS3Store(fake.endpoint, undefined, { signal: options?.signal }),
          damage: async () => {
            const [key] = [...fake.objects.keys()]
            fake.objects.set(key!.replace(/[0-9a-f]{32}\.json$/, `${'0'.repeat(32)}.json`), Buffer.from('{"timestamp'))
          },
          block: async () => {
            fake.fault = () => ({ status: 403, code: 'AccessDenied' })
          },
          cost: () => fake.requests.length,
          remove: () => fake.close(),
        }
      },
    },
  )
}
