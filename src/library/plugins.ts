/**
 * Notifiers, history stores and local clusters from plugins, built-in and installed ones alike; and the types of the
 * contract, as `@arbk8s/plugin-kit` has them.
 *
 * @module plugins
 */
export { loadPluginHost, type PluginHost } from '../plugins/host.js'
export { loadClusterProvider, loadNotifier, openStore, pluginContext, type ContextOptions } from '../plugins/load.js'
export { listProviders, type Provider, type ProviderKind } from '../plugins/providers.js'
export type * from '@arbk8s/plugin-kit'
