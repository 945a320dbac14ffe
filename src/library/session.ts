/**
 * From a session's config to its Jobs. Pure: the same config and time give the same objects.
 *
 * @module session
 */
export { sessionOf, type SecretRef, type Session, type SessionInput } from '../session/session.js'
export type { ConfigDocument, ConfigPath } from '../session/config-check.js'
export { generateJobs, type GeneratedJob, type GeneratedSession } from '../session/generate.js'
export { shareOf, sharesOf, type Share } from '../session/shares.js'
export * from '../session/job.js'
