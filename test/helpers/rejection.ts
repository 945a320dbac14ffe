/** What a promise is rejected with; an error where it is not. */
import { ArbError } from '../../src/base/errors.js'

export async function rejection(promise: Promise<unknown>): Promise<ArbError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ArbError) return error
    throw error
  }
  throw new Error('it was not rejected')
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
