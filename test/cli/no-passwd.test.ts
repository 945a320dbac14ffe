import { expect } from 'chai'

import { runCli } from '../helpers/cli.js'

/** What Node does for a user id that the password file does not know. */
const preload = `
import os from 'node:os'
import { syncBuiltinESMExports } from 'node:module'
os.userInfo = () => { throw new Error('uv_os_get_passwd returned ENOENT') }
syncBuiltinESMExports()
`

describe('a user without an entry in the password file', () => {
  it('may use the CLI, as in a container with a user id of its own', async () => {
    const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` }
    const { code, stdout, stderr } = await runCli(['--version'], { env })
    expect(code, stderr).to.equal(0)
    expect(stdout).to.match(/^arbk8s\/\d/)
  })
})
