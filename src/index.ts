/**
 * arbk8s as a library: everything that a command does, as typed functions over plain data. No import prints, exits or
 * reads the environment by itself; clock, signal, folders and environment come in as arguments.
 *
 * @packageDocumentation
 */
export * from './library/base.js'
export * from './library/session.js'
export * from './library/manifests.js'
export * from './library/cluster.js'
export * from './library/apply.js'
export * from './library/health.js'
export * from './library/history.js'
export * from './library/alerts.js'
export * from './library/pipeline.js'
export * from './library/plugins.js'
export * from './library/config.js'
