/**
 * The conformance suites of the plugin contract. They bring no test framework: hand them the `describe` and `it` of
 * yours (mocha, vitest and node:test fit).
 */
export type { TestFramework } from './framework.js'
export { checkSecrets } from './secret-check.js'
export { type TestNotifierOptions, testNotifier } from './notifier.js'
export { injections } from './injections.js'
export { sampleAlert, sampleEvent, sampleFailedJob, sampleRecord } from './samples.js'
export { type StoreLocation, type TestStoreOptions, testStore } from './store.js'
