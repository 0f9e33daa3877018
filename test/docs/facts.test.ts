// What the docs state, held against what decides it: variables, permissions, caps, times, tests, links, and examples of routines.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { generatedPages, withTables } from '../../scripts/reference.ts'
import { readBuiltIns } from '../../src/builtins.ts'
import { checkTree, loadConfiguration, parseRepositorySettings, parseReviewRules } from '../../src/routines/index.ts'
import { readSettings } from '../../src/settings.ts'
import { blocks, pages, read, root, rows, section } from './pages.ts'

const settings = read('src/settings.ts') + read('src/domain/environment.ts')
const names = (text: string) =>
  [...text.matchAll(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b|`(?:PORT|HOST)`|^\s+(?:PORT|HOST):/gm)].map(([name]) =>
    name.replace(/[`:\s]/g, ''),
  )
const documented = rows(section('docs/configuration.md', '## Environment')).flatMap(([first = '']) => names(first))

describe('the environment', () => {
  /** Read and checked, kept by set-up, and without any effect in this version. Wire one up, and it has to leave this list for the README. */
  const idle = {
    GITHUB_CLIENT_ID: 'oauth',
    GITHUB_CLIENT_SECRET: 'oauth',
  }

  it('in docs/configuration.md names only variables that the settings know', () => {
    expect(documented.length).toBeGreaterThan(25)
    expect(documented.filter(name => !new RegExp(`\\b${name}\\b`).test(settings))).toEqual([])
  })

  it('in docs/configuration.md names every variable that has an effect', () => {
    const derived = ['GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']
    const known = new Set(names(settings).filter(name => !name.startsWith('_')))
    const missing = [...known].filter(name => ![...documented, ...derived, ...Object.keys(idle)].includes(name))
    // PRIVATE_KEY_FILE is one of those that end in _FILE; two names in messages are the beginnings of others.
    expect(missing.filter(name => !name.endsWith('_FILE') && !known.has(`${name}_ID`))).toEqual([])
  })

  it.each(Object.entries(idle))('%s has no effect yet, so nothing is said of it', (name, field) => {
    const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(
        file => file.endsWith('.ts') && !['settings.ts', 'domain/environment.ts', 'commands/set-up.ts'].includes(file),
      )
      .map(file => readFileSync(join(root, 'src', file), 'utf8'))
      .join('\n')
    expect(source).not.toMatch(new RegExp(`\\.${field}\\b`))
    for (const page of pages) expect(read(page)).not.toContain(name)
  })

  it('in every other page and in blocks that set it is known too', () => {
    const used = pages.flatMap(page => [
      ...read(page).matchAll(/`(?:export )?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g),
    ])
    const set = pages
      .flatMap(blocks)
      .filter(({ mark }) => mark === 'env')
      .flatMap(({ text }) => [...text.matchAll(/^([A-Z_]+)=/gm)])
    const all = [...used, ...set].map(([, name = '']) => name)
    const others = ['TEST_DATABASE_URL', 'WATCHBILL_TEST_LONG']
    expect(set.length).toBeGreaterThan(8)
    expect(all.filter(name => !settings.includes(name.replace(/_FILE$/, '')) && !others.includes(name))).toEqual([])
  })

  it('has the caps that README and docs/cost.md state', () => {
    const { run, day, month } = readSettings({}).budget
    expect(section('README.md', '## What it costs, and how that is bounded')).toContain(`$${run}, $${day}, $${month}`)
    expect(section('docs/cost.md', '## At most')).toContain(`| $${run}, $${day}, $${month} |`)
    expect(section('docs/cost.md', '## At most')).toContain(`month that is possible with the defaults costs $${month}`)
  })
})

describe('the table of permissions', () => {
  const app = parse(read('app.yml'))
  const table = rows(section('docs/permissions.md', '## Always'))
  const snake = (words: string) => words.toLowerCase().replaceAll(' ', '_')

  it('is what app.yml asks for', () => {
    const [, ...body] = table
    expect(Object.fromEntries(body.map(([name = '', access = '']) => [snake(name), access]))).toEqual(
      app.default_permissions,
    )
  })
  it('subscribes to what app.yml subscribes to', () => {
    const [, ...body] = table
    const events = body.flatMap(([, , , list = '']) => list.split(', ').map(snake))
    expect(events.toSorted()).toEqual([...app.default_events].toSorted())
  })
})

describe('the pages', () => {
  it.each(pages)('%s links only to files and headings that are there', page => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const dead = links
      .filter(target => !/^https?:/.test(target))
      .filter(target => {
        const [path = '', anchor] = target.split('#')
        const file = path === '' ? page : join(dirname(page), path)
        if (!existsSync(join(root, file))) return true
        const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, words = '']) =>
          words
            .toLowerCase()
            .replace(/[^\w -]/g, '')
            .replaceAll(' ', '-'),
        )
        return anchor !== undefined && !headings.includes(anchor)
      })
    expect(dead).toEqual([])
  })

  it.each(generatedPages)(
    'the tables of docs/%s are those of the code (node scripts/reference.ts writes them)',
    name => {
      expect(read(`docs/${name}`)).toContain('<!-- table ')
      expect(withTables(read(`docs/${name}`))).toBe(read(`docs/${name}`))
    },
  )

  it('the folders of src/ stand in the architecture, and nothing else', () => {
    const table = section('docs/architecture.md', '## The walls')
    for (const room of readdirSync(join(root, 'src'))) expect(table).toContain(room.replace(/^(\w+)$/, '$1/'))
  })

  it('every test that docs/security.md names is there under that title', () => {
    const cited = rows(section('docs/security.md', '## Line by line'))
      .slice(1)
      .map(cells => /^`([\w/-]+\.test\.ts): (.*)`$/.exec(cells[3] ?? ''))
    expect(cited.length).toBeGreaterThan(30)
    const missing = cited.filter(one => {
      const [, file = '', title = ''] = one ?? []
      return !existsSync(join(root, 'test', file)) || !read(join('test', file)).includes(title)
    })
    expect(missing.map(one => one?.[0])).toEqual([])
  })

  it('what is kept is kept as long as the store says', () => {
    const kept = Object.fromEntries(
      [...(/const kept = \{(.*)\}/.exec(read('src/store/maintain.ts'))?.[1] ?? '').matchAll(/(\w+): (\d+)/g)].map(
        ([, name, days]) => [name, days],
      ),
    )
    const table = section('docs/data.md', '## What is kept')
    expect(table).toContain(`calls of the API | ${kept.payloads} days`)
    expect(table).toContain(`quoted code | ${kept.transcripts} days`)
    expect(kept.quotedCode).toBe(kept.transcripts)
    expect(table).toContain(`read of them | ${kept.deliveries} days`)
    expect(table).toContain(`audit | ${kept.records} days`)
  })
})

describe('the examples of routines', () => {
  const marked = pages.flatMap(blocks)
  const files = (key: string) =>
    marked.flatMap(block => {
      const [, path] = new RegExp(`^${key}=(\\S+)$`).exec(block.mark) ?? []
      return path ? [{ path, text: block.text }] : []
    })

  it('of a repository have no problem', () => {
    expect(files('file').length).toBeGreaterThan(3)
    expect(checkTree(files('file'), readBuiltIns()).problems).toEqual([])
  })
  it('of REVIEW.md, and of further settings, have none', () => {
    const of = (mark: string) => marked.filter(block => block.mark === mark)
    const problems = [
      ...of('review').flatMap(({ text }) => parseReviewRules({ path: 'REVIEW.md', text }).problems),
      ...of('settings').flatMap(({ text }) => parseRepositorySettings({ path: 'watchbill.yml', text }).problems),
    ]
    expect([of('review').length, of('settings').length]).toEqual([1, 1])
    expect(problems).toEqual([])
  })
  it('of an owner have none either, and hold', () => {
    const { problems, routines } = loadConfiguration({
      builtIn: readBuiltIns(),
      organisation: files('organisation'),
      repository: [],
    })
    expect(problems).toEqual([])
    expect(routines.find(one => one.name === 'security-review')).toMatchObject({
      required: true,
      source: 'organisation',
    })
  })
})
