import { defineConfig } from 'vitest/config'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const inFolders = (names: string[]) => names.map(name => `test/${name}/**/*.test.ts`)

/** Apart, since each holds other things warm, and starting git takes longer the more a process holds. */
const kinds = {
  thinking: inFolders(['agents', 'architecture', 'domain', 'evaluation', 'judge', 'publish', 'routines']),
  talking: inFolders(['claude', 'github', 'simulators']),
  storing: inFolders(['dispatch', 'runs', 'store', 'web']),
  living: inFolders(['clock', 'commands', 'e2e']),
}
/** Most of what a test makes is dropped soon: with more room for what is new, a tenth less is spent on clearing it away. */
const roomy = ['--max-semi-space-size=64']
/** An embedded database of a few seconds is over before its WebAssembly would be compiled a second time, for speed. */
const execArgv = long ? roomy : [...roomy, '--liftoff-only']
/** The first of them sets up for all, and clears up after all. */
const globalSetup = ['test/scratch-setup.ts', 'test/postgres-setup.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    execArgv: roomy,
    pool: 'forks',
    // No test leaves anything behind: what one file has read, compiled and made warm serves the next.
    isolate: false,
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
    projects: [
      { extends: true, test: { name: 'thinking', include: kinds.thinking } },
      { extends: true, test: { name: 'talking', include: kinds.talking, globalSetup } },
      { extends: true, test: { name: 'storing', include: kinds.storing, globalSetup, execArgv } },
      { extends: true, test: { name: 'living', include: kinds.living, globalSetup, execArgv } },
      {
        extends: true,
        test: {
          name: 'starting',
          include: ['test/**/*.test.ts'],
          exclude: Object.values(kinds).flat(),
          globalSetup,
          execArgv,
        },
      },
    ],
  },
})
