// What models are shown of text with secrets in it: all but these, on the same lines.
import { describe, expect, it } from 'vitest'
import { hideSecrets } from '../../src/scanners/index.ts'
import { awsSecret, database, github, password, privateKey } from './keys.ts'

const removed = '[secret removed]'

describe('hidden', () => {
  it('is the secret, and not what stands around it', async () => {
    expect(await hideSecrets(`await login('${github}'); go()`)).toBe(`await login('${removed}'); go()`)
    expect(await hideSecrets(`connect("${database}", { ssl })`)).toBe(
      `connect("postgres://app:${removed}@db.internal:5432/main", { ssl })`,
    )
    expect(await hideSecrets(`aws_secret_access_key = "${awsSecret}"`)).toBe(`aws_secret_access_key = "${removed}"`)
    expect(await hideSecrets(`//r.example/:_authToken=${password}-1; next()`)).toBe(
      `//r.example/:_authToken=${removed}; next()`,
    )
  })

  it.each(['rsa', 'ed25519'] as const)('is the body of a key (%s), line for line', async type => {
    const key = privateKey(type)
    const text = `before\n${key}after\n`
    const lines = (await hideSecrets(text)).split('\n')
    expect(lines).toHaveLength(text.split('\n').length)
    expect(lines.slice(2, key.trim().split('\n').length)).toEqual(
      key
        .trim()
        .split('\n')
        .slice(1, -1)
        .map(() => removed),
    )
    expect([lines[0], lines.at(-2)]).toEqual(['before', 'after'])
  })

  it('is a key on one line of JSON', async () => {
    const json = JSON.stringify({ type: 'x', private_key: privateKey(), client: 'c' })
    expect(await hideSecrets(json)).toMatch(
      /^\{"type":"x","private_key":"[^"]{0,80}\[secret removed\][^"]{0,40}","client":"c"\}$/,
    )
  })

  it('is a part of a key without its marks, as tools show it', async () => {
    const body = privateKey().split('\n').slice(4, 9)
    const ways = [
      (line: string, at: number) => `${at + 5}: ${line}`,
      (line: string, at: number) => `deploy/key.pem:${at + 5}:${line}`,
      (line: string) => `+${line}`,
      (line: string, at: number) => `1a2b3c4d (Ada 2026-01-01 ${at + 5}) ${line}`,
      (line: string) => `  "${line}\\n" +`,
    ]
    for (const way of ways) {
      const shown = await hideSecrets(body.map(way).join('\n'))
      for (const line of body) expect(shown).not.toContain(line.slice(0, 30))
      expect(shown.split('\n')).toHaveLength(body.length)
    }
  })

  it('stays hidden: hiding again changes nothing', async () => {
    const once = await hideSecrets(`${privateKey()}\n${database}\n${github}\n`)
    expect(await hideSecrets(once)).toBe(once)
  })
})

describe('code can not be hidden', () => {
  it.each([
    ['behind a key that never ends', '-----BEGIN PRIVATE KEY-----\nconst evil = run(x)\neval(y)\n'],
    ['inside of a key', '-----BEGIN RSA PRIVATE KEY-----\neval(request.body)\n-----END RSA PRIVATE KEY-----\n'],
    ['in the rest of a line', 'x = ":_authToken="; eval(request.body)\n'],
    ['in an address', 'fetch("https://a:" + eval(request.body) + "@example.com")\n'],
    ['as an ordinary long name', 'import { aVeryLongNameThatGoesOnAndOnForMoreThanFortyCharacters } from "x"\n'],
    ['as a commit', '0123456789abcdef0123456789abcdef01234567\n'],
  ])('%s', async (_, text) => {
    expect(await hideSecrets(text)).toBe(text)
  })
})

it('what is written against such rules is looked through in linear time', async () => {
  const parts = [
    '-----BEGIN PRIVATE KEY-----\n',
    'postgres://a:',
    'ghp_',
    'eyJ.',
    'aB3+',
    ':_authToken=',
    '-----END PRIVATE KEY-----\nAA\n',
    'https://a:b@',
    '\\n"\n',
  ]
  // In quadratic time this would not end before the test's time is over.
  for (const part of parts) {
    const text = part.repeat(300_000 / part.length)
    expect((await hideSecrets(text)).split('\n')).toHaveLength(text.split('\n').length)
  }
})
