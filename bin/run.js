#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(main)) {
  const { main: run } = await import(main.href)
  await run(process.argv.slice(2), fileURLToPath(import.meta.url))
} else {
  console.error('arbk8s is not built yet. Run: npm install && npm run build')
  process.exitCode = 3
}
