/** The embedded sandbox as a library. */
export type { Sandbox, SandboxOptions } from './options.js'
export { startSandbox } from './sandbox.js'
