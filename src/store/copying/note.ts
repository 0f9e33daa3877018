// That a backup was taken, in the audit of the database it was taken from, which stays in the shape it has.
import { join } from 'node:path'
import type { Rooms } from '../../domain/store.ts'
import { audit } from '../audit.ts'
import { open } from '../embedded.ts'
import { lockDirectory } from '../lock.ts'
import { connect } from '../server.ts'
import type { Place } from './index.ts'

type AuditRow = Parameters<Rooms['audit']['append']>[0]

/** Of a database that no server holds, or that is on a server of its own. */
export async function noteBackup({ databaseUrl, dataDir }: Place, row: AuditRow, say: (sentence: string) => void) {
  if (databaseUrl) {
    const db = connect(databaseUrl, () => {})
    return audit({ db })
      .append(row)
      .finally(() => db.destroy())
  }
  const lock = await lockDirectory(dataDir, { say })
  try {
    const { db } = await open(join(dataDir, 'database'))
    await audit({ db })
      .append(row)
      .finally(() => db.destroy())
  } finally {
    await lock.release()
  }
}
