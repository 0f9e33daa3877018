import { defineConfig } from 'vitest/config'

const long = process.env.WATCHBILL_TEST_LONG === '1'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/scratch-setup.ts', 'test/postgres-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    pool: 'forks',
    // An embedded database of a few seconds is over before its WebAssembly would be compiled a second time, for speed.
    execArgv: long ? [] : ['--liftoff-only'],
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
  },
})
