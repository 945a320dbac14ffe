/** A registry on loopback, as a process of its own: `node server.mjs FOLDER UPSTREAM`; tells its port to the parent. */
import path from 'node:path'

import { runServer } from 'verdaccio'

const [folder, upstream] = process.argv.slice(2)
const everyone = { access: '$all', publish: '$all', unpublish: '$all' }
const app = await runServer({
  self_path: folder,
  configPath: path.join(folder, 'config.yaml'),
  storage: path.join(folder, 'storage'),
  auth: { htpasswd: { file: path.join(folder, 'htpasswd'), max_users: -1 } },
  uplinks: { upstream: { url: upstream, maxage: '1h' } },
  // Ours come from here alone; what they depend on comes from the registry that npm uses otherwise.
  packages: { '@arbk8s/*': everyone, arbk8s: everyone, 'evil-*': everyone, '**': { ...everyone, proxy: 'upstream' } },
  max_body_size: '100mb',
  web: { enable: false },
  log: { type: 'stdout', format: 'pretty', level: 'fatal' },
})
const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('disconnect', () => process.exit())
