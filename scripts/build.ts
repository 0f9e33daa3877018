// Emits JavaScript into dist/ for the published package alone: Node strips no types under node_modules.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
execFileSync('tsc', ['--noEmit', 'false', '--outDir', 'dist', '--rootDir', 'src', '--project', 'tsconfig.build.json'], {
  stdio: 'inherit',
})
