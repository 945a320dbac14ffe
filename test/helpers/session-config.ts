/** A session's config as a document, for tests of session/ that need no file. */
import type { ConfigDocument } from '../../src/session/config-check.js'
import { generateJobs, type GeneratedSession } from '../../src/session/generate.js'
import { sessionOf } from '../../src/session/session.js'

export const original = {
  session_id: 'd29-k8s-demo-session',
  k8s_namespace: 'trading-bots',
  image: 'your-registry/arbitrage-lite:latest',
  mode: 'paper',
  env: 'docker',
  total_iterations: 6,
  workers: 2,
  optimizer: 'bayesian',
  config_path: 'configs/d23_tuning/advanced_baseline.yaml',
  resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
  extra_env: { APP_ENV: 'docker', REDIS_HOST: 'arbitrage-redis', REDIS_PORT: '6379' },
}

/** A document whose positions are made from its paths: the line is the number of the top-level key. */
export function configDocument(value: object, file = 'k8s.yaml'): ConfigDocument {
  return { file, value, lineOf: (path) => Object.keys(value).indexOf(String(path[0])) + 1 }
}

/** The Jobs of the original session with some keys changed; a key that is undefined is left out. */
export function generateWith(more: object, orchestrator?: object): GeneratedSession {
  const value = Object.fromEntries(Object.entries({ ...original, ...more }).filter(([, entry]) => entry !== undefined))
  const { session, warnings } = sessionOf({
    k8s: configDocument(value),
    ...(orchestrator ? { orchestrator: configDocument(orchestrator, 'session.yaml') } : {}),
  })
  const generated = generateJobs(session, { createdAt: '2025-11-16T18:21:45.906585' })
  return { ...generated, warnings: [...warnings, ...generated.warnings] }
}
