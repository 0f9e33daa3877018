// Fills a database from the portable form, in one transaction: all of it stands there in the end, counted, or nothing has changed.
import { sql } from 'kysely'
import { allRows, type BackupHeader, type RowCounts, readBackupMark } from '../../domain/backup.ts'
import { Problem } from '../../domain/problem.ts'
import { audit } from '../audit.ts'
import { made, migrations } from '../migrations/index.ts'
import type { Database } from '../tables.ts'
import { columnsOf, jobTable, quoted } from './snapshot.ts'

export interface Filling {
  header: BackupHeader
  /** What follows the header. */
  lines: AsyncIterable<string>
  /** Made known in the same transaction; of a move. */
  move?: { id: string; at: string }
}

/** Characters of rows in one statement, and rows. */
const batchCharacters = 4_000_000
const batchRows = 500

/**
 * Takes our tables away, makes them in the shape that the backup has, and writes its rows; pg-boss's own tables have to be there.
 * Problems: `conflict` when the backup is newer than the program; `bad_input` when it is damaged or ends early.
 */
export async function fill(db: Database, filling: Filling): Promise<RowCounts> {
  const { header, lines, move } = filling
  const unknown = header.migrations.find(name => !migrations.some(one => one.name === name))
  if (unknown !== undefined)
    throw new Problem(
      'conflict',
      `The backup was made by a newer version of Watchbill (${header.program}, migration ${unknown}); restore it with that version.`,
    )
  return db.transaction().execute(async trx => {
    await makeTables(trx, header.migrations)
    const rows = await writeAll(trx, lines)
    // What was being worked on when it was copied is nobody's now.
    await sql`update pgboss.job set state = 'created', started_on = null, heartbeat_on = null where state = 'active'`.execute(
      trx,
    )
    await compare(trx, rows)
    if (move) await trx.insertInto('moves').values(move).execute()
    await note(trx, filling, rows)
    return rows
  })
}

/** Who looks for what was done sees that the rows before it came from elsewhere, and how many. */
async function note(db: Database, { header, move }: Filling, rows: RowCounts): Promise<void> {
  const from = { from: header.engine, of: header.at, rows: allRows(rows) }
  const at = move?.at ?? new Date().toISOString()
  const what = move ? 'moved' : 'restored'
  await audit({ db }).append({ at, who: 'the command line', what, about: 'the database', detail: from })
}

async function makeTables(db: Database, wanted: string[]): Promise<void> {
  for (const { kind, name } of made) await sql`drop ${sql.raw(kind)} if exists ${sql.table(name)} cascade`.execute(db)
  await sql`delete from pgboss.job`.execute(db)
  await sql`delete from kysely_migration`.execute(db)
  const at = new Date().toISOString()
  for (const { name, statements } of migrations.filter(one => wanted.includes(one.name))) {
    for (const statement of statements) await sql.raw(statement).execute(db)
    await sql`insert into kysely_migration (name, timestamp) values (${name}, ${at})`.execute(db)
  }
}

async function writeAll(db: Database, lines: AsyncIterable<string>): Promise<RowCounts> {
  const written: RowCounts = {}
  let table = ''
  let write: ((rows: string[]) => Promise<void>) | undefined
  let rows: string[] = []
  let characters = 0
  let told: RowCounts | undefined
  const flush = async () => {
    if (rows.length > 0) await write?.(rows)
    rows = []
    characters = 0
  }
  for await (const line of lines) {
    if (line.startsWith('[')) {
      rows.push(line)
      characters += line.length
      written[table] = (written[table] ?? 0) + 1
      if (rows.length >= batchRows || characters >= batchCharacters) await flush()
      continue
    }
    await flush()
    const mark = readBackupMark(line)
    if ('table' in mark) {
      table = mark.table
      written[table] = 0
      write = await writer(db, mark.table, mark.columns)
    } else if ('sequences' in mark) await setSequences(db, mark.sequences)
    else told = mark.rows
  }
  if (!told) throw new Problem('bad_input', 'The backup ends early, so nothing was restored; take another one.')
  const odd = [...new Set([...Object.keys(told), ...Object.keys(written)])].find(name => told[name] !== written[name])
  if (odd !== undefined)
    throw new Problem(
      'bad_input',
      `The backup is damaged: it tells of ${told[odd] ?? 0} rows of ${odd} and has ${written[odd] ?? 0}. Nothing was restored; take another one.`,
    )
  return written
}

async function writer(db: Database, table: string, columns: string[]): Promise<(rows: string[]) => Promise<void>> {
  const known = await columnsOf(db, table)
  // What pg-boss calls its columns is for its own version to say.
  const kept = columns.flatMap((name, index) => {
    const type = known.find(column => column.name === name)?.type
    return type === undefined ? [] : [{ name, index, type }]
  })
  if (kept.length === 0 || (table !== jobTable && kept.length !== columns.length))
    throw new Problem(
      'bad_input',
      `The backup is damaged: it has a table ${table.slice(0, 60)} that its own version does not have.`,
    )
  const names = sql.join(kept.map(({ name }) => sql.ref(name)))
  const values = sql.join(kept.map(({ index, type }) => sql`(r ->> ${sql.lit(index)})::${sql.raw(type)}`))
  return async rows => {
    await sql`insert into ${sql.table(table)} (${names}) overriding system value
      select ${values} from json_array_elements(${`[${rows.join(',')}]`}::json) as r`.execute(db)
  }
}

async function setSequences(db: Database, sequences: Record<string, string>): Promise<void> {
  for (const [name, last] of Object.entries(sequences))
    await sql`select setval(to_regclass(${quoted(name)}), ${last}::bigint)`.execute(db)
}

async function compare(db: Database, rows: RowCounts): Promise<void> {
  for (const [table, count] of Object.entries(rows)) {
    const { rows: counted } = await sql<{
      count: number
    }>`select count(*)::float8 as count from ${sql.table(table)}`.execute(db)
    if (counted[0]?.count !== count)
      throw new Problem(
        'internal',
        `Of ${table} ${count} rows were read and ${counted[0]?.count} written, so nothing was kept.`,
      )
  }
}
