import { defineConfig } from 'vitest/config'

const long = process.env.WATCHBILL_TEST_LONG === '1'
/** Nothing here outlives its test, in the process or on the disk: what one file has read, compiled and made warm serves the next. */
const shared = ['agents', 'architecture', 'claude', 'domain', 'github', 'judge', 'publish', 'routines', 'simulators']
const scratch = 'test/scratch-setup.ts'
const inShared = shared.map(folder => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    pool: 'forks',
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
    projects: [
      { extends: true, test: { name: 'shared', include: inShared, isolate: false, globalSetup: scratch } },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ['test/**/*.test.ts'],
          exclude: inShared,
          globalSetup: [scratch, 'test/postgres-setup.ts'],
          // An embedded database of a few seconds is over before its WebAssembly would be compiled a second time, for speed.
          execArgv: long ? [] : ['--liftoff-only'],
        },
      },
    ],
  },
})
