// Mutated configuration files: nothing thrown, nothing slow, and a sentence for everything that is not taken.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { matchRoutine } from '../../src/routines/index.ts'
import { event, load, messages, noSettings, pull, routineFile, settingsFile } from './samples.ts'

const whole = `description: Reviews
extends: code-review
on:
  pull_request: { types: [opened], draft: false, paths: ["src/**", "!src/gen/**"], title: { matches: "a+" }, size: { max: 9 } }
  label: { name: x, keep: true }
  comment: review
model: deep
agents: [security, { name: api, model: fast, paths: ["api/**"], prompt: Look }]
severity: { inline: low, floor: nit, gate: high }
budget: { usd: 2, minutes: 12 }
can: [review, check]`
const settings = 'enabled: true\nautomatic: false\ndisable: [security-review]\nbudget: { run: 1 }\nskip: ["a/**"]\n'
const seeds = [...readBuiltIns(), routineFile('x', whole), settingsFile(settings)]
const shards = fc.constantFrom(
  ': ',
  '- ',
  '? ',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '!x ',
  '<<: ',
  '|\n',
  '>\n',
  '"',
  "'",
  '\n',
  '\t',
  '\0',
  '---\n',
  '#',
  '__proto__: 1\n',
  'constructor: 1\n',
  'null',
  '~',
  '1e999',
  '0x1',
  '2026-11-21',
  '\ufeff',
  '\ud800',
  '\u202e',
  '%YAML 9\n',
  '@',
  '`',
  '(',
  '+*',
)
/** Where, how much is cut, what is put in its place, how often. */
const cut = fc.tuple(fc.nat(), fc.nat(12), shards, fc.constantFrom(1, 1, 1, 2, 50, 2000))

function mutate(text: string, cuts: [number, number, string, number][]): string {
  return cuts.reduce((now, [at, length, shard, times]) => {
    const from = now.length === 0 ? 0 : at % now.length
    return (now.slice(0, from) + shard.repeat(times) + now.slice(from + length)).slice(0, 70_000)
  }, text)
}

describe('mutated configuration files', () => {
  it('never crash, never take long, and always come with a sentence', () => {
    const milliseconds: number[] = []
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.array(cut, { minLength: 1, maxLength: 4 }), (seed, cuts) => {
        const path = seed.path.replace(/^(\.github\/)?/, '.github/')
        const began = process.cpuUsage()
        const configuration = load([{ path, text: mutate(seed.text, cuts) }])
        for (const one of configuration.routines)
          matchRoutine(one, event(), { pull: pull(), paths: ['src/a.ts'], settings: noSettings })
        const { user, system } = process.cpuUsage(began)
        milliseconds.push((user + system) / 1000)
        for (const sentence of messages(configuration)) expect(sentence).toMatch(/^\S.* \S.*[.?)!`]$/s)
        for (const one of configuration.routines.filter(routine => routine.off))
          expect(one.off?.length).toBeGreaterThan(20)
        const named = configuration.routines.map(routine => routine.name)
        expect(named).toEqual(expect.arrayContaining(['code-review', 'security-review']))
      }),
      { seed: 20261121, numRuns: Number(process.env.WATCHBILL_TEST_LONG ? 5000 : 400) },
    )
    // Time of the processor, since the machine may be busy; a collection of garbage is noise, a slow kind of input is not.
    const sorted = milliseconds.sort((a, b) => a - b)
    expect(sorted[Math.floor(sorted.length * 0.98)]).toBeLessThan(100)
  })
})
