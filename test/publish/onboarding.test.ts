// The first line and the first settings file: what they say holds, and the link carries the file whole.
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { editorLink, firstSettings, welcome } from '../../src/publish/index.ts'
import { loadConfiguration } from '../../src/routines/index.ts'

const first = {
  answering: ['code-review', 'security-review'],
  standby: ['dependency-review', 'nightly-security-sweep'],
  automatic: true,
  pullUsd: 8,
  dayUsd: 20,
}
const load = (text: string) =>
  loadConfiguration({
    builtIn: readBuiltIns(),
    organisation: undefined,
    repository: [{ path: '.github/watchbill.yml', text }],
  })

describe('the first settings file', () => {
  it('is valid as it is, and changes nothing but what it says', () => {
    const { problems, settings } = load(firstSettings(first))
    expect(problems).toEqual([])
    expect(settings).toEqual({ ...load('').settings, automatic: true })
  })

  it.each([...firstSettings(first).matchAll(/^# ([a-z_]+:.*)$/gm)].map(([, line]) => line!))(
    'is valid with its comment taken away: %s',
    line => {
      const text = firstSettings(first).replace(`# ${line}`, line)
      const { problems, settings } = load(text)
      expect(problems).toEqual([])
      expect(settings).not.toEqual(load(firstSettings(first)).settings)
    },
  )

  it('says that reviews wait to be asked for where the installation is large', () => {
    expect(firstSettings({ ...first, automatic: false })).toContain('Without this file they wait to be asked for here')
    expect(firstSettings(first)).not.toContain('wait to be asked for here')
  })
})

describe('the link to the editor', () => {
  const file = firstSettings(first)
  const link = editorLink('https://github.acme.example/acme/shop', 'release/v1 (old)', file)

  it("opens a new file on the default branch, on an Enterprise Server too, with every character of the file's text", () => {
    const url = new URL(link)
    expect(url.origin + url.pathname).toBe('https://github.acme.example/acme/shop/new/release/v1%20%28old%29')
    expect(Object.fromEntries(url.searchParams)).toEqual({ filename: '.github/watchbill.yml', value: file })
  })

  it('ends where Markdown says that it ends', () => {
    expect(link).not.toMatch(/[()\s<>]/)
    expect(link.length).toBeLessThan(6000)
  })
})

describe('the first line', () => {
  const page = 'https://github.com/acme/shop'
  it('is one line: what runs, the cap, how to stop it, and the link', () => {
    const line = welcome(page, { defaultBranch: 'main' }, first)
    expect(line).not.toContain('\n')
    expect(line).toContain('`code-review`, `security-review` answer pull requests by themselves')
    expect(line).toContain('for $8.00 a pull request and $20.00 a day at most')
    expect(line).toContain('`@watchbill pause` stops it on a pull request, `enabled: false`')
    expect(line).toContain("[write that file in GitHub's editor](https://github.com/acme/shop/new/main?filename=")
  })

  it('leads to the file that is there, where there is one', () => {
    const line = welcome(page, { defaultBranch: 'main' }, { ...first, written: true })
    const address = `${page}/edit/main/.github/watchbill.yml`
    expect(line).toContain(`[change that file in GitHub's editor](${address})`)
  })

  it('says who has to ask where nothing starts by itself', () => {
    const line = welcome(page, { defaultBranch: 'main' }, { ...first, answering: ['code-review'], automatic: false })
    expect(line).toContain('`code-review` answers pull requests when somebody asks')
  })

  it('speaks of one routine, whatever its name is, and of none as of one', () => {
    const of = (answering: string[]) => welcome(page, { defaultBranch: 'main' }, { ...first, answering })
    expect(of(['themselves'])).toContain('`themselves` answers pull requests by itself, for')
    expect(of([])).toContain('no routine answers pull requests by itself, for')
  })
})
