// That a backup was taken, in the audit of the database it was taken from, which stays in the shape it has.
import type { Rooms } from '../../domain/store.ts'
import { audit } from '../audit.ts'
import { type Place, withDatabase } from './place.ts'

type AuditRow = Parameters<Rooms['audit']['append']>[0]

/** Of a database that no server holds, or that is on a server of its own. */
export function noteBackup(place: Place, row: AuditRow, say: (sentence: string) => void): Promise<void> {
  return withDatabase(place, { say }, db => audit({ db }).append(row))
}
