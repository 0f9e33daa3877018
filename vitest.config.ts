import { defineConfig } from 'vitest/config'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const inFolders = (names: string[]) => names.map(name => `test/${name}/**/*.test.ts`)

/** Apart from what starts servers, databases and git: a process that holds little starts others sooner. */
const thinking = inFolders(['agents', 'architecture', 'domain', 'evaluation', 'judge', 'publish', 'routines'])
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
      { extends: true, test: { name: 'thinking', include: thinking } },
      {
        extends: true,
        test: { name: 'living', include: ['test/**/*.test.ts'], exclude: thinking, globalSetup, execArgv },
      },
    ],
  },
})
