// The import table of docs/architecture.md, kept: who may import whom, which outside packages each folder may speak, and no unknown folder.
import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = join(import.meta.dirname, '../../src')
const stages = ['agents', 'judge', 'publish', 'routines']
const everything = ['*']

interface Wall {
  folders: string[]
  packages: string[]
}

/** Room → what it may import beside itself. `node:child_process`, `node:fs`, `node:net` and `node:http` count as packages; other built-in modules are free outside domain/. */
const walls: Record<string, Wall> = {
  domain: { folders: [], packages: ['zod', 'node:crypto'] },
  routines: { folders: ['domain'], packages: ['zod', 'yaml', 'picomatch', 're2js', 'node-cron', 'lru-cache'] },
  agents: { folders: ['domain'], packages: ['zod', 'picomatch'] },
  judge: { folders: ['domain'], packages: ['zod'] },
  publish: { folders: ['domain'], packages: ['zod'] },
  evaluation: { folders: ['domain'], packages: ['zod'] },
  github: { folders: ['domain'], packages: ['probot', '@octokit/*', 'lru-cache'] },
  claude: { folders: ['domain'], packages: ['@anthropic-ai/sdk'] },
  workspace: { folders: ['domain'], packages: ['node:child_process', 'node:fs', 'picomatch', 'lru-cache'] },
  scanners: {
    folders: ['domain'],
    packages: ['zod', 'yaml', 'lru-cache', '@secretlint/core', '@secretlint/secretlint-rule-preset-recommend'],
  },
  store: {
    folders: ['domain'],
    packages: ['pg', '@electric-sql/pglite', 'pg-boss', 'kysely', 'node:fs', 'node:child_process'],
  },
  clock: { folders: ['domain'], packages: ['node-cron'] },
  web: {
    folders: ['domain'],
    packages: ['hono', '@hono/node-server', 'prom-client', 'lru-cache', 'zod', 'node:http', 'node:net'],
  },
  runs: { folders: ['domain', ...stages], packages: [] },
  'dispatch.ts': { folders: ['domain', 'runs', ...stages], packages: [] },
  'review.ts': { folders: ['domain', 'runs', 'inspect.ts', ...stages], packages: [] },
  'work.ts': { folders: ['domain', 'runs', ...stages], packages: [] },
  'inspect.ts': { folders: ['domain', 'runs', ...stages], packages: [] },
  'worker.ts': { folders: ['domain', 'runs', 'dispatch.ts', 'review.ts', 'work.ts'], packages: [] },
  'settings.ts': { folders: ['domain', 'stored-app.ts'], packages: ['zod', 'node:fs'] },
  'stored-app.ts': { folders: ['domain'], packages: ['node:fs'] },
  'log.ts': { folders: [], packages: ['pino'] },
  'builtins.ts': { folders: ['domain'], packages: ['node:fs'] },
  'watch.ts': { folders: everything, packages: everything },
  'main.ts': { folders: everything, packages: everything },
  'cli.ts': { folders: everything, packages: everything },
  commands: { folders: everything, packages: everything },
}
const guarded = ['node:child_process', 'node:fs', 'node:net', 'node:http', 'node:https']

const rooms = readdirSync(src)
const filesOf = (room: string) =>
  room.endsWith('.ts')
    ? [join(src, room)]
    : readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts'))
        .map(name => join(src, room, name))

/** What a file may not import, as sentences. */
function breaches(room: string, wall: Wall, file: string, text: string): string[] {
  const found: string[] = []
  const statement = /^(?:import|export)\s(?:[^'";=]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
  for (const [, named, dynamic] of text.matchAll(statement)) {
    const specifier = named ?? dynamic
    if (!specifier) continue
    if (specifier.startsWith('.')) {
      const target = relative(src, join(dirname(file), specifier)).split('/')[0] ?? ''
      if (target !== room && !wall.folders.includes('*') && !wall.folders.includes(target))
        found.push(`${relative(src, file)} imports ${target}`)
    } else if (!allowed(room, wall, specifier)) found.push(`${relative(src, file)} imports ${specifier}`)
  }
  return found
}

function allowed(room: string, wall: Wall, specifier: string): boolean {
  if (wall.packages.includes('*')) return true
  const base = specifier.startsWith('node:')
    ? specifier.split('/')[0]!
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
  if (
    wall.packages.includes(base) ||
    wall.packages.some(one => one.endsWith('/*') && base.startsWith(one.slice(0, -1)))
  )
    return true
  return room !== 'domain' && builtinModules.includes(base.replace('node:', '')) && !guarded.includes(base)
}

describe('the walls between folders', () => {
  it('every file and folder of src/ has its line in the table', () => {
    expect(rooms.filter(room => !(room in walls))).toEqual([])
  })

  it.each(rooms.filter(room => room in walls))('%s imports only what the table allows', room => {
    const found = filesOf(room).flatMap(file => breaches(room, walls[room]!, file, readFileSync(file, 'utf8')))
    expect(found).toEqual([])
  })

  it('is shut: a breach is found', () => {
    const file = join(src, 'judge/place.ts')
    expect(breaches('judge', walls.judge!, file, `import { x } from '../agents/fleet.ts'`)).toEqual([
      'judge/place.ts imports agents',
    ])
    expect(breaches('judge', walls.judge!, file, `import type { y } from 'kysely'`)).toEqual([
      'judge/place.ts imports kysely',
    ])
    expect(breaches('domain', walls.domain!, join(src, 'domain/a.ts'), `import { join } from 'node:path'`)).toEqual([
      'domain/a.ts imports node:path',
    ])
    expect(breaches('judge', walls.judge!, file, `import {\n  a,\n  b,\n} from '../agents/index.ts'`)).toEqual([
      'judge/place.ts imports agents',
    ])
  })

  it('settings.ts alone reads process.env', () => {
    const users = rooms.flatMap(filesOf).filter(file => /process\.env\b/.test(readFileSync(file, 'utf8')))
    expect(users.map(file => relative(src, file))).toEqual(['settings.ts'])
  })

  it('every file opens with a sentence that says what it is', () => {
    const silent = rooms.flatMap(filesOf).filter(file => !/^(\/\/ |\/\*\*)/.test(readFileSync(file, 'utf8')))
    expect(silent.map(file => relative(src, file))).toEqual([])
  })
})
