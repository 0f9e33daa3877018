// The life of a finding: every state it came into, with the reason and the commit.
import type { FindingState, Rooms } from '../domain/store.ts'
import { type Ground, iso, text } from './rows.ts'
import type { Database } from './tables.ts'

export function lives({ db }: Ground): Pick<Rooms['findings'], 'life'> {
  return {
    async life(repositoryId, number, fingerprint) {
      const rows = await db
        .selectFrom('finding_states')
        .select(['fingerprint', 'state', 'because', 'head', 'run_id', 'at'])
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .$if(fingerprint !== undefined, query => query.where('fingerprint', '=', fingerprint!))
        .orderBy('sequence')
        .execute()
      return rows.map(row => ({
        fingerprint: row.fingerprint,
        state: row.state as FindingState['state'],
        because: row.because,
        at: iso(row.at),
        ...(row.head !== null && { head: row.head }),
        ...(row.run_id !== null && { runId: row.run_id }),
      }))
    },
  }
}

/** For the caller who holds the finding's identity. */
export async function enterState(
  db: Database,
  pull: { repository_id: number; number: number },
  { fingerprint, state, because, head, runId, at }: FindingState,
): Promise<void> {
  await db
    .insertInto('finding_states')
    .values({ ...pull, fingerprint, state, because: text(because), head: head ?? null, run_id: runId ?? null, at })
    .execute()
}
