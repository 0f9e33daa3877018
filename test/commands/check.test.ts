// `watchbill check` and `watchbill simulate` as people and jobs call them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkDirectory, showCheck } from '../../src/commands/check.ts'
import { repositoryOf } from '../../src/commands/simulate.ts'
import { readLeastInterval } from '../../src/settings.ts'
import { openStore } from '../../src/store/index.ts'
import { copyTemplate } from '../databases.ts'
import { event, pull, repository } from '../routines/samples.ts'
import { watchbill } from './cli.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'watchbill-check-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true })
  writeFileSync(join(dir, path), text)
}
const check = (...args: string[]) => watchbill(['check', ...args], { cwd: dir })

describe('check', () => {
  it('prints every problem with its place, what was meant, and what the key is for; notes fail nothing', async () => {
    write(
      '.github/routines/a.md',
      '---\ndescription: x\nagnets: []\non: { api: true }\nbudget: { usd: two }\n---\nHi\n',
    )
    write('.github/routines/b.md', '---\ndescription: x\nreview_by: 2020-01-01\n---\nHi\n')
    const ran = await check()
    expect(ran.exit).toBe(1)
    expect(ran.out).toContain(
      '.github/routines/a.md:3:1  agnets: unknown key `agnets`; did you mean `agents`?\n    `agents`: The reviewers',
    )
    expect(ran.out).toContain(
      '.github/routines/a.md:5:11  budget.usd: is "two", where a number belongs.\n    Most a run may cost',
    )
    expect(ran.out).toContain('.github/routines/b.md:3:1  note: review_by: was to be looked over by 2020-01-01')
    expect(ran.out).toContain('2 files checked, 2 problems.')
    rmSync(join(dir, '.github/routines/a.md'))
    expect(await check()).toMatchObject({ exit: 0, out: expect.stringContaining('1 file checked, no problems.') })
  })

  it('below the top of a repository names the top, where a look around would be green for ever', async () => {
    mkdirSync(join(dir, '.git'))
    mkdirSync(join(dir, 'packages/app'), { recursive: true })
    expect(await check('packages/app')).toMatchObject({ exit: 0 })
    write('.github/watchbill.yml', 'disbale: [x]\n')
    expect(await check('packages/app')).toMatchObject({
      exit: 2,
      err: expect.stringMatching(
        /^packages\/app holds no configuration; that of its repository lies in \S+: give that/,
      ),
    })
    write('packages/app/.github/watchbill.yml', 'disbale: [x]\n')
    expect(await check('packages/app')).toMatchObject({ exit: 1 })
  })

  it('gives the same as JSON, with what was meant as data', async () => {
    write('.github/watchbill.yml', 'disbale: [x]\n')
    for (const args of [['--json'], ['--format', 'json']]) {
      const { exit, out } = await check(...args)
      expect(exit).toBe(1)
      expect(JSON.parse(out)).toMatchObject({
        files: ['.github/watchbill.yml'],
        problems: [{ file: '.github/watchbill.yml', line: 1, column: 1, path: 'disbale', suggestion: 'disable' }],
        notes: [],
      })
    }
  })

  it('writes annotations for a job, from wherever it stands, and lets no text in them give another command', async () => {
    write('app/.github/watchbill.yml', 'skip: ["a/(b,c)"]\n"x\\n::warning::y": 1\n')
    const { exit, out } = await check('app', '--format', 'github')
    expect(exit).toBe(1)
    const lines = out.trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[0]).toMatch(
      /^::error file=app\/\.github\/watchbill\.yml,line=1,col=\d+,title=watchbill check::skip\[0\]: /,
    )
    expect(lines[1]).toMatch(
      /^::error file=app\/\.github\/watchbill\.yml,line=2,col=1,title=watchbill check::x%0A::warning::y: unknown key/,
    )
    write('app/.github/watchbill.yml', '# fine\n')
    write('app/.github/routines/idle.md', '---\ndescription: x\n---\nHi\n')
    const fine = await check('app', '--format', 'github')
    expect(fine).toMatchObject({ exit: 0, out: expect.stringContaining('::notice file=app/.github/routines/idle.md') })
    expect(await check('app', '--format', 'xml')).toMatchObject({ exit: 2 })
  })
})

describe('simulate', () => {
  it('goes by the store itself where no server is, and says what it does not know then', async () => {
    const dataDir = join(dir, 'data')
    await copyTemplate(join(dataDir, 'database'))
    const store = await openStore({ dataDir })
    await store.repositories.seen(repository, new Date().toISOString())
    const at = new Date(Date.now() - 3_600_000).toISOString()
    for (const number of [1, 2])
      await store.events.keep(event({ id: `e${number}`, at, number, pull: pull({ number }) }), { installationSize: 2 })
    await store[Symbol.asyncDispose]()
    write('.github/watchbill.yml', 'disable: [security-review]\n')
    write('.git/config', '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:acme/shop.git\n')
    const { exit, out } = await watchbill(['simulate', '--days', '2'], {
      cwd: dir,
      environment: { WATCHBILL_DATA: dataDir },
    })
    expect(exit).toBe(0)
    expect(out).toContain(
      "acme/shop, against the built-in routines alone; the organisation's files are not known without a server.",
    )
    expect(out).toContain('Replayed against 2 events of the last 2 days: would have fired 2 times (was 4)')
    expect(out).toMatch(/security-review no longer fires\n {2}\S+ {2}pull request #1 opened: It is switched off/)
  })

  it('knows the repository by its remote, however that is written', () => {
    for (const url of [
      'https://github.com/acme/shop.git',
      'https://x-access-token@ghe.acme.example/acme/shop',
      'git@github.com:acme/shop.git',
      'ssh://git@github.com/acme/shop.git',
    ]) {
      write(
        '.git/config',
        `[remote "upstream"]\n\turl = https://github.com/else/where\n[remote "origin"]\n\turl = ${url}\n`,
      )
      expect(repositoryOf(dir)).toBe('acme/shop')
    }
    write('.git/config', '[core]\n')
    expect(() => repositoryOf(dir)).toThrow(/give --repo OWNER\/NAME/)
  })
})

describe('check of REVIEW.md', () => {
  it('says what is wrong in its front matter, and takes one without for text', () => {
    write('REVIEW.md', 'inline: nothing of ours\n')
    expect(checkDirectory(dir)).toMatchObject({ files: [], problems: [] })
    write('REVIEW.md', '---\ninline: loud\n---\nText\n')
    const { files, problems } = checkDirectory(dir)
    expect(files).toEqual(['REVIEW.md'])
    expect(problems).toMatchObject([{ file: 'REVIEW.md', line: 2, path: 'inline' }])
  })
})

describe('what a check of files takes for granted', () => {
  const scheduled = '---\ndescription: x\nkind: work\non: { schedule: "*/10 * * * *" }\n---\nHi\n'

  it('is the smallest interval that the environment gives, else five minutes, and that is said', () => {
    write('.github/routines/a.md', scheduled)
    write('.github/routines/b.yml', 'description: x\n')
    const usual = checkDirectory(dir)
    expect(usual).toMatchObject({ problems: [], interval: { minutes: 5, assumed: true } })
    expect(usual.notes.map(one => one.file)).toEqual(['.github/routines/b.yml'])
    expect(showCheck(usual, 'text')).toContain('held against a smallest interval of 5 minutes')
    const given = checkDirectory(dir, new Date(), readLeastInterval({ WATCHBILL_MIN_INTERVAL_MINUTES: '30' }))
    expect(given).toMatchObject({ problems: [{ path: 'on.schedule' }], interval: { minutes: 30, assumed: false } })
    expect(showCheck(given, 'text')).not.toContain('held against')
    expect(() => readLeastInterval({ WATCHBILL_MIN_INTERVAL_MINUTES: 'often' })).toThrow(
      'WATCHBILL_MIN_INTERVAL_MINUTES must be a number of minutes.',
    )
  })

  it('is nothing where no file has a schedule', () => {
    write('.github/routines/a.md', scheduled.replace('schedule: "*/10 * * * *"', 'push: {}'))
    expect(checkDirectory(dir)).not.toHaveProperty('interval')
  })
})
