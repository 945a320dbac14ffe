/** The contract's error for a setting that is missing or wrong. */
export function settingsError(key: string, problem: string): Error & { code: string } {
  return Object.assign(new Error(`setting ${key} ${problem}`), { code: 'ERR_SETTINGS' })
}
