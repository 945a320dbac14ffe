/** The hook `cluster:sandbox`: the sandbox as a cluster provider. */
import type { ClusterHook } from '@arbk8s/plugin-kit'

import { startInBackground, statusOf, stopInBackground } from './background.js'
import { startSandbox } from './sandbox.js'

const hook: ClusterHook = ({ host }) => ({
  apiVersion: 1,
  run: (options) =>
    startSandbox({ ...options, onError: (error) => host.log.warn(`sandbox: ${(error as Error).message}`) }),
  start: startInBackground,
  stop: ({ directory }) => stopInBackground(directory),
  status: ({ directory }) => statusOf(directory),
})

export default hook
