import { defineConfig } from 'vitest/config'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const inFolders = (names: string[]) => names.map(name => `test/${name}/**/*.test.ts`)

/** Nothing here outlives its test: what one file has read, compiled and made warm serves the next. Apart, since starting git takes longer the more a process holds. */
const shared = {
  thinking: inFolders(['agents', 'architecture', 'domain', 'evaluation', 'judge', 'publish', 'routines']),
  talking: inFolders(['claude', 'github', 'simulators']),
  storing: inFolders(['dispatch', 'runs', 'store', 'web']),
}
/** An embedded database of a few seconds is over before its WebAssembly would be compiled a second time, for speed. */
const execArgv = long ? [] : ['--liftoff-only']
/** The first of them sets up for all, and clears up after all. */
const globalSetup = ['test/scratch-setup.ts', 'test/postgres-setup.ts']

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    pool: 'forks',
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
    projects: [
      { extends: true, test: { name: 'thinking', include: shared.thinking, isolate: false } },
      { extends: true, test: { name: 'talking', include: shared.talking, isolate: false, globalSetup } },
      {
        extends: true,
        test: { name: 'storing', include: shared.storing, isolate: false, globalSetup, execArgv },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: Object.values(shared).flat(),
          globalSetup,
          execArgv,
        },
      },
    ],
  },
})
