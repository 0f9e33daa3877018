// The prompts of a run: the language that people are written to in, and the repositories beside.
import { describe, expect, it } from 'vitest'
import { promptNames } from '../../../src/domain/words.ts'
import { wordsFor } from '../../../src/runs/reading/words.ts'
import { words } from '../../agents/words.ts'

const asks = (name: string, language?: string) => ({ name, ...(language && { language }) })

describe('the language of a run', () => {
  it('is said to everybody whose words people read, and to nobody where no routine says', () => {
    expect(wordsFor(words, [asks('a'), asks('b')])).toEqual({ words, notes: [] })
    const { words: told, notes } = wordsFor(words, [asks('a'), asks('b', 'Deutsch')])
    const changed = promptNames.filter(name => told[name] !== words[name])
    expect(changed).toEqual(['finder', 'worker', 'verifier', 'panel-reachability', 'panel-impact', 'panel-defences'])
    for (const name of changed) expect(told[name]).toBe(`${words[name]}\n\nWrite in Deutsch.`)
    expect(notes).toEqual([])
  })

  it("is the first routine's where they differ, and a note says so", () => {
    const { words: told, notes } = wordsFor(words, [asks('a', 'Deutsch'), asks('b', 'English'), asks('c', 'Deutsch')])
    expect(told.finder).toContain('Write in Deutsch.')
    expect(notes).toEqual(['`b` asks for English; this run is written in Deutsch, as `a` asks.'])
  })
})

describe('repositories beside', () => {
  it('are named to those who look, and not to those who verify', () => {
    const { words: told } = wordsFor(words, [asks('a')], ['acme/lib', 'acme/app'])
    expect(told.finder).toBe(`${words.finder}\n\nCan be read too: - acme/lib\n- acme/app`)
    expect(told.worker).toContain('- acme/lib')
    expect(told.verifier).toBe(words.verifier)
  })
})
