// Credentials in what a change adds: found wherever they are put, and their values in nothing that comes out.
import { describe, expect, it } from 'vitest'
import { awsSecret, database, github, password, privateKey, slack, stripe } from './keys.ts'
import { lookWith } from './range.ts'

describe('a credential', () => {
  it('that is added is a fact on its line: its kind, and never its value', async () => {
    const before = { 'src/a.ts': 'const a = 1\n' }
    const evidence = await lookWith('secrets', before, { 'src/a.ts': `const a = 1\nconst token = '${github}'\n` })
    expect(evidence.findings).toMatchObject([
      {
        file: 'src/a.ts',
        line: 2,
        quote: "const token = '[secret removed]'",
        title: 'A GitHub token stands in the code',
        severity: 'high',
        confidence: 'high',
        origin: 'introduced',
        category: 'secret',
        cwe: 'CWE-798',
        agents: ['secret check'],
        security: true,
      },
    ])
    expect(JSON.stringify(evidence)).not.toContain(github.slice(4, 20))
  })

  it('that stood there before is none of this change, and counted', async () => {
    const text = `const token = '${github}'\n`
    const { findings, tools } = await lookWith('secrets', { 'a.ts': text }, { 'a.ts': `${text}const b = 2\n` })
    expect(findings).toEqual([])
    expect(tools[0]?.because).toContain('1 stood there before and are hidden from models')
  })

  it('is found in each of its kinds', async () => {
    const files = {
      stripe: stripe,
      slack: slack,
      database: database,
      aws: `aws_secret_access_key = "${awsSecret}"`,
      'key.pem': privateKey(),
      '.npmrc': '//registry.npmjs.org/:_authToken=0a1b2c3d-4e5f-6789-8a9b-1c2d3e4f5a6b',
    }
    const { findings } = await lookWith('secrets', {}, files)
    expect(findings.map(one => [one.file, one.title.replace(' stands in the code', '')]).sort()).toEqual([
      ['.npmrc', 'An npm token'],
      ['aws', 'An AWS secret access key'],
      ['database', 'A password in the address of a database'],
      ['key.pem', 'A private key'],
      ['slack', 'A Slack token or webhook'],
      ['stripe', 'A Stripe key'],
    ])
    for (const value of [stripe, slack, password, awsSecret]) expect(JSON.stringify(findings)).not.toContain(value)
  })

  it('that looks made up is said to, and is low', async () => {
    const { findings } = await lookWith('secrets', {}, { 'a.md': `ghp_${'x'.repeat(36)}` })
    expect(findings).toMatchObject([{ severity: 'low', confidence: 'low', title: expect.stringContaining('made up') }])
  })
})

describe('nothing that a change brings along blinds it', () => {
  const line = `const token = '${github}'`
  it.each<[string, Record<string, string | Buffer>, string]>([
    ['attributes', { '.gitattributes': '* binary linguist-generated\n', 'a.ts': line }, 'a.ts'],
    ['ignore files', { '.gitignore': '*\n', '.secretlintignore': '*\n', 'a.ts': line }, 'a.ts'],
    ['a configuration', { '.secretlintrc.json': '{"rules":[]}', 'a.ts': line }, 'a.ts'],
    ['comments', { 'a.ts': `// secretlint-disable\n${line} // secretlint-disable-line\n` }, 'a.ts'],
    ['a minified name', { 'a.min.js': line }, 'a.min.js'],
    ['a vendor folder', { 'vendor/x/y.go': line }, 'vendor/x/y.go'],
    ['a name with a line feed', { 'a\nb': line }, 'a\nb'],
    ['a name with a dash', { '--help': line }, '--help'],
    ['a name that a rule would open', { 'x.p12': line }, 'x.p12'],
    ['a NUL', { 'a.ts': `\0\0\0\n${line}` }, 'a.ts'],
    ['bytes that are no UTF-8', { 'a.ts': Buffer.concat([Buffer.from([0xff, 0xe9, 10]), Buffer.from(line)]) }, 'a.ts'],
    ['UTF-16', { 'a.ts': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(line, 'utf16le')]) }, 'a.ts'],
    ['a line as long as a file', { 'a.js': `${'a=1;'.repeat(250_000)}${line};${'b=2;'.repeat(250_000)}` }, 'a.js'],
  ])('%s', async (_, files, path) => {
    const { findings } = await lookWith('secrets', {}, files)
    expect(findings.map(one => one.file)).toEqual([path])
    expect(findings[0]?.quote.length).toBeLessThanOrEqual(1_000)
    expect(findings[0]?.quote).toContain('[secret removed]')
  })

  it('a file of 50 MB is named, and the others are looked through', async () => {
    const large = Buffer.alloc(50 * 1024 ** 2, 'x\n')
    const { findings, tools } = await lookWith('secrets', {}, { 'large.bin': large, 'z.ts': line })
    expect(findings.map(one => one.file)).toEqual(['z.ts'])
    expect(tools).toMatchObject([{ files: 1, left: [{ path: 'large.bin', because: 'larger than 8 MiB' }] }])
  })

  it('hundreds of samples in one file push out none of another', async () => {
    const samples = Array.from({ length: 300 }, (_, at) => `ghp_${'x'.repeat(33)}${String(at).padStart(3, '0')}`)
    const { findings, tools } = await lookWith('secrets', {}, { 'a.txt': samples.join('\n'), 'z.ts': line })
    expect(findings.filter(one => one.file === 'z.ts')).toHaveLength(1)
    expect(tools[0]?.because).toContain('295 more are not listed')
    expect(tools[0]?.left).toMatchObject([{ path: 'a.txt', found: true, because: expect.stringContaining('295 more') }])
  })

  it('samples in many files, and before it in its own, push out no real one', async () => {
    const samples = Array.from({ length: 8 }, (_, at) => `ghp_${'x'.repeat(33)}${String(at).padStart(3, '0')}`).join(
      '\n',
    )
    const files = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`a${at}.txt`, samples]))
    const { findings } = await lookWith('secrets', {}, { ...files, 'z.ts': `${samples}\n${line}` })
    expect(findings).toHaveLength(30)
    expect(findings[0]).toMatchObject({ id: 'secret-check-1', file: 'z.ts', severity: 'high' })
  })
})
