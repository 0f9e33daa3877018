// The real program, composed as `serve` composes it, except that it kills itself at a chosen write; crash tests spawn this file.
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../../src/domain/store.ts'
import { startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'

/** "after:12" dies once the twelfth of the writes below is stored; "after-first:claim" once the first of that name is; "before-receipt:3" when the third effect has been carried out and its receipt is not stored yet. */
const [, when = 'never', n = '0'] = /^([^:]+):(.+)$/.exec(process.argv[2] ?? '') ?? []
const settings = readSettings(process.env)
let written = 0
let receipts = 0

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL')
  return new Promise(() => {})
}

/** The write is stored; its name is kept for the test to read. */
async function counted<T>(name: string, write: Promise<T>, value?: unknown): Promise<T> {
  const result = await write
  written++
  appendFileSync(join(settings.dataDir, 'writes'), `${JSON.stringify({ name, value })}\n`)
  if ((when === 'after' && written === Number(n)) || (when === 'after-first' && name === n)) return die()
  return result
}

function mortal(store: Store): Store {
  const { deliveries, steps, effects, runs, findings, schedules } = store
  return {
    ...store,
    deliveries: {
      ...deliveries,
      async mark(...of) {
        const marked = deliveries.mark(...of)
        return of[1] === 'dispatched' ? counted('dispatched', marked) : marked
      },
    },
    steps: {
      ...steps,
      append: (runId, attempt, key, value, at) => counted(key, steps.append(runId, attempt, key, value, at), value),
    },
    findings: { ...findings, save: (...of) => counted('findings', findings.save(...of)) },
    points: { ...store.points, set: (...of) => counted('points', store.points.set(...of)) },
    runs: {
      ...runs,
      claim: async (...of) => {
        const run = await runs.claim(...of)
        return run && counted('claim', Promise.resolve(run))
      },
      end: (...of) => counted('run ended', runs.end(...of)),
    },
    schedules: {
      ...schedules,
      async takeDue(...of) {
        const taken = await schedules.takeDue(...of)
        return taken.some(({ eventId }) => eventId) ? counted('due', Promise.resolve(taken)) : taken
      },
    },
    effects: {
      ...effects,
      async done(key, ...of) {
        receipts++
        if (when === 'before-receipt' && receipts === Number(n)) return die()
        return counted(`receipt of ${key.split(':')[0]}`, effects.done(key, ...of))
      },
    },
  }
}

const running = await startServer(settings, {
  timing: { quiet: 50, quietAtMost: 500 },
  waitScale: 0.01,
  wrapStore: mortal,
})
console.log(`Watchbill answers at ${running.url}`)
process.once('SIGTERM', () => void running.stop(100).then(() => process.exit(0)))
