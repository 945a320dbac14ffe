import type { StoreHook } from '@arbk8s/plugin-kit'

const hook: StoreHook = () => {
  throw new Error('not built yet')
}
export default hook
