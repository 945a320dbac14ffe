import type { NotifierHook } from '@arbk8s/plugin-kit'

const hook: NotifierHook = () => {
  throw new Error('not built yet')
}
export default hook
