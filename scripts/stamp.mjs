/** Marks the build as whole, so that `npm test` and `npm run quickstart` know when to build again. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'

import { root } from './prepare.mjs'

writeFileSync(path.join(root, 'dist', '.built'), '')
