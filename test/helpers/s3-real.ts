/** The real S3-compatible server that the environment names, and a bucket of its own on it. */
import { parseLocation } from '../../plugins/plugin-s3/src/location.js'

/** Undefined where no server is named. */
export const realEndpoint = process.env.AWS_ACCESS_KEY_ID && process.env.ARBK8S_TEST_S3_ENDPOINT

export interface RealBucket {
  name: string
  endpoint: string
  /** What a process needs to reach the server. */
  env: Record<string, string>
  /** Puts an object that is no record among a location's. */
  damage(location: string): Promise<void>
  remove(): Promise<void>
}

export async function bucketOnServer(): Promise<RealBucket> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const sdk = await import('@aws-sdk/client-s3')
  const endpoint = realEndpoint!
  const region = process.env.AWS_REGION ?? 'us-east-1'
  const when = 'WHEN_REQUIRED'
  const client = new sdk.S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    requestChecksumCalculation: when,
    responseChecksumValidation: when,
  })
  const name = `arbk8s-test-${Date.now()}-${process.pid}`
  await client.send(new sdk.CreateBucketCommand({ Bucket: name }))
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env
  return {
    name,
    endpoint,
    env: { AWS_ENDPOINT_URL_S3: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
    damage: async (location) => {
      const Key = `${parseLocation(location).prefix}/records/2025-11-16/cut-off`
      await client.send(new sdk.PutObjectCommand({ Bucket: name, Key, Body: '{"timestamp": "2025' }))
    },
    remove: async () => {
      for (;;) {
        const { Contents = [] } = await client.send(new sdk.ListObjectsV2Command({ Bucket: name, MaxKeys: 40 }))
        if (Contents.length === 0) break
        await Promise.all(Contents.map(({ Key }) => client.send(new sdk.DeleteObjectCommand({ Bucket: name, Key }))))
      }
      await client.send(new sdk.DeleteBucketCommand({ Bucket: name }))
      client.destroy()
    },
  }
}
