// Emits JavaScript into dist/ (or the folder given, with further options of tsc) for the published package alone: Node strips no types under node_modules.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = join(import.meta.dirname, '..')
const outDir = resolve(process.argv[2] ?? join(root, 'dist'))
rmSync(outDir, { recursive: true, force: true })
execFileSync(
  join(root, 'node_modules/.bin/tsc'),
  ['--project', 'tsconfig.build.json', '--outDir', outDir, ...process.argv.slice(3)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
