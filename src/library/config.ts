/**
 * The settings files of a project and a user, and the files that `arbk8s init` writes.
 *
 * @module config
 */
export {
  loadSettings,
  settingKeys,
  settingOf,
  type SettingKey,
  type SettingsFile,
  type SettingsPlaces,
  type SettingType,
} from '../config/settings.js'
export { starterFiles, type StarterFile, type StarterOptions } from '../config/starter.js'
