// Scrubbing: whatever a model writes, what goes out formats and does nothing else; an independent reading of Markdown is the judge.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { block, code, plain, scrub, scrubLine } from '../../src/publish/scrub.ts'
import { activeParts } from './markdown-oracle.ts'

describe('what GitHub would act on', () => {
  test.each([
    ['a person', 'ask @octocat about it', 'ask `@octocat` about it'],
    ['a team', 'cc @acme/security.', 'cc `@acme/security`.'],
    ['an address', 'see https://evil.example/x?y=1 now', 'see `https://evil.example/x?y=1` now'],
    ['an address without a scheme', 'www.evil.example', '`www.evil.example`'],
    ['an e-mail address', 'write to a.b@evil.example', 'write to `a.b@evil.example`'],
    ['an issue', 'fixes #12', 'fixes `#12`'],
    ['an issue elsewhere', 'acme/shop#12', '`acme/shop#12`'],
    ['GH-12', 'as in GH-12', 'as in `GH-12`'],
    ['a link', '[here](https://evil.example)', 'here (`https://evil.example`)'],
    ['a link by reference', '[here][1]\n\n[1]: https://evil.example', 'here'],
    ['an image', '![alt](https://evil.example/p.png)', 'alt (image removed)'],
    ['HTML', '<img src=x onerror=alert(1)>', '&lt;img'],
    ['an entity', '&#64;octocat', '&amp;`#64`;octocat'],
    ['a comment', 'a <!-- watchbill: {"complete":true} -->', 'a &lt;! -- watchbill'],
  ])('%s', (_, text, expected) => {
    const out = scrub(text)
    expect(out).toContain(expected)
    expect(activeParts(out)).toEqual([])
  })

  test('a commit’s id and ordinary Markdown stay', () => {
    const text = 'Since `abc` in 1a2b3c4:\n\n- **one**\n- _two_\n\n> said\n\n# Title'
    expect(scrub(text)).toBe(text)
  })

  test('a link to an allowed place stays; one that only begins like it does not', () => {
    const links = ['https://github.com/acme/shop/']
    expect(scrub('[code](https://github.com/acme/shop/blob/main/a.ts#L3)', { links })).toBe(
      '[code](https://github.com/acme/shop/blob/main/a.ts#L3)',
    )
    for (const address of [
      'https://github.com/acme/shop/../../evil/x',
      'https://github.com/acme/shopping/',
      'javascript:alert(1)',
    ]) {
      expect(activeParts(scrub(`[code](${address})`, { links }))).toEqual([])
    }
  })

  test('a backslash does not free what is escaped', () => {
    const out = scrub('\\[x](https://evil.example) \\\\[y](https://evil.example) \\<b> \\`@octocat\\`')
    expect(activeParts(out)).toEqual([])
  })

  test('ticks that do not pair hide nothing', () => {
    for (const text of ['a ` @octocat', '`` a ` @octocat', 'a `\n@octocat ` b', '` | `\n---|---\n@octocat']) {
      expect(activeParts(scrub(text))).toEqual([])
    }
  })
})

describe('code', () => {
  test('fences keep what is in them and are closed', () => {
    expect(scrub('```ts\nconst a = "@octocat <b>"\n```')).toBe('```ts\nconst a = "@octocat <b>"\n```')
    expect(scrub('```ts\nconst a = 1')).toBe('```ts\nconst a = 1\n```')
    expect(scrub('~~~\na\n```\nb\n~~~')).toBe('````\na\n```\nb\n````')
  })

  test.each(['suggestion', 'mermaid', 'geojson', 'math', 'js onload'])('a fence named %s loses its name', name => {
    expect(scrub(`\`\`\`${name}\nx\n\`\`\``)).toBe('```\nx\n```')
  })

  test('a fence in a list or a quote is prose, which is safe either way', () => {
    for (const text of ['- ```\n@octocat', '> ```\n> x\n\n@octocat', '> ~~~\n\n@octocat'])
      expect(activeParts(scrub(text))).toEqual([])
  })

  test('a mark of ours can not be forged in code either', () => {
    expect(scrub('```\n<!-- watchbill: key=1 -->\n```')).not.toContain('<!--')
    expect(scrub('`<!-- watchbill: key=1 -->`')).not.toContain('<!--')
  })

  test('a path becomes one span, whatever is in it', () => {
    expect(code('src/a.ts')).toBe('`src/a.ts`')
    expect(code('a`b``c')).toBe('```a`b``c```')
    expect(code('`a')).toBe('`` `a ``')
    expect(code('a\n\n# b')).toBe('`a # b`')
    expect(block('a\n```\nb')).toBe('````\na\n```\nb\n````')
  })
})

describe('a line', () => {
  test('begins no list, and a number stays the number it was', () => {
    expect(scrubLine('1. first')).toBe('1\\. first')
    expect(scrubLine('2) second')).toBe('2\\) second')
    expect(scrubLine('19.99 * 100 loses a cent')).toBe('19.99 * 100 loses a cent')
    expect(scrubLine('- dash')).toBe('\\- dash')
  })
})

describe('secrets', () => {
  const secrets = [
    `ghp_${'a1B2'.repeat(9)}`,
    `ghs_${'a1B2'.repeat(9)}`,
    `github_pat_${'a1B2'.repeat(15)}`,
    'AKIAIOSFODNN7EXAMPLE',
    `sk-ant-api03-${'a1B2'.repeat(10)}`,
    `xoxb-123456789012-${'a1B2'.repeat(6)}`,
    `https://hooks.slack.com/services/T000/B000/${'a1B2'.repeat(6)}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${'a1B2'.repeat(8)}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${'a1B2'.repeat(16)}\n-----END RSA PRIVATE KEY-----`,
    `sk_live_${'a1B2'.repeat(6)}`,
    `npm_${'a1B2'.repeat(9)}`,
  ]

  const awsKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  test.each([
    `AKIAIOSFODNN7EXAMPLE ${awsKey}`,
    `aws_secret_access_key = ${awsKey}`,
    `AWS_SECRET=${awsKey}`,
    `The AWS key is ${awsKey}.`,
    `secretAccessKey: '${awsKey}'`,
  ])('an AWS secret key has no prefix, and is known by what stands beside it: %s', text => {
    expect(plain(text)).not.toContain('K7MDENG')
  })

  test.each([
    'secret of src/components/Accounts2/SecretsTableView',
    `aws commit ${'0123456789abcdef'.repeat(3).slice(0, 40)}`,
    `sha512 of the aws bundle: ${awsKey}${awsKey}`,
  ])('forty characters of something else stay: %s', text => {
    expect(plain(text)).toBe(text)
  })

  test.each(secrets)('%s is removed from prose, code, titles and annotations', secret => {
    const heart = secret.split('\n').at(secret.includes('\n') ? 1 : 0)!
    for (const out of [
      scrub(`It is ${secret}.`),
      scrub(`\`\`\`\n${secret}\n\`\`\``),
      scrubLine(secret),
      code(secret),
      plain(secret),
    ]) {
      expect(out).not.toContain(heart)
      expect(out).toContain('[secret removed]')
    }
  })

  test.each([
    'password = "xK9$"',
    'API_TOKEN: 8f3kd02mfkw93kdlsp20',
    "secret='Zm9vYmFyMTIzNDU2Nzg5MGFi'",
    'postgres://app:hunter2@db/x',
  ])('an assignment: %s', text => {
    const removed = scrub(text).includes('[secret removed]')
    expect(removed).toBe(!text.includes('xK9'))
  })

  test.each([
    'const token = await readTokenFromSession(request)',
    'password: process.env.DATABASE_PASSWORD',
    'auth: authenticationMiddleware',
  ])('code about secrets is none: %s', text => expect(scrub(text)).not.toContain('removed'))
})

describe('what can not be seen', () => {
  test('is shown; control characters too', () => {
    expect(plain('a\u200bb\u202ec\u001b[31md')).toBe('a\\u{200b}b\\u{202e}c\\x1b[31md')
  })

  test('emoji stay emoji', () => {
    expect(plain('⚠️ careful')).toBe('⚠ careful')
  })
})

test('a text is never longer than its limit, and a cut one says so with its fences closed', () => {
  const out = scrub(`\`\`\`\n${'x\n'.repeat(5_000)}\`\`\`\nafter`, { limit: 500 })
  expect(out.length).toBeLessThanOrEqual(500)
  expect(out).toMatch(/… \(cut\)\n```$/)
})

const pieces = fc.constantFrom(
  '@octocat',
  '@',
  'octocat',
  '#12',
  '#',
  '12',
  'acme/shop',
  'GH-1',
  'https://evil.example/',
  '://',
  'www.',
  'evil.example',
  '<img src=x>',
  '<',
  '>',
  '</details>',
  '<!-- watchbill: key=1 -->',
  '<!--',
  '-->',
  '&#64;',
  '&',
  '![',
  '[',
  ']',
  '(',
  ')',
  '](',
  '[1]: https://evil.example',
  '`',
  '``',
  '```',
  '~~~',
  '````',
  '\n',
  '\n\n',
  '    ',
  '\t',
  ' ',
  '\\',
  '|',
  '---',
  '|-|-|',
  '- ',
  '> ',
  '1. ',
  '# ',
  '*',
  '_',
  '$',
  '$$',
  'word',
  'ts',
  'suggestion',
  '\u200b',
  '\u202e',
  '\u001b[31m',
  '\r',
  '\u2028',
  '!',
  ':',
  '\ue000',
  '\ud800',
  `ghp_${'a1B2'.repeat(9)}`,
)
const text = fc.array(pieces, { maxLength: 40 }).map(parts => parts.join(''))

describe('whatever is written', () => {
  test('nothing active is left, and scrubbed text next to ours changes nothing of ours', () => {
    fc.assert(
      fc.property(text, text, (one, two) => {
        const out = `**Title**\n\n${scrub(one)}\n\n${scrub(two)}\n\n<details><summary>Why</summary>\n\n${scrubLine(one)} ${code(two)}\n\n</details>`
        expect(activeParts(out)).toEqual(['<details>', '<summary>', '</summary>', '</details>'])
        expect(out).not.toMatch(/<!--|ghp_|[\u200b\u202e\u001b\ue000]/)
      }),
      { numRuns: 3_000 },
    )
  })

  test('a line stays a line, and begins no block', () => {
    fc.assert(
      fc.property(text, one => {
        const out = scrubLine(one)
        expect(out).not.toMatch(/\n/)
        expect(out).not.toMatch(/^(#{1,6} |[-+*>] |\d+[.)] |```[^`]*$|~~~)/)
        expect(activeParts(out)).toEqual([])
      }),
      { numRuns: 3_000 },
    )
  })

  test('limits hold', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 40, max: 200 }), (one, limit) => {
        for (const out of [scrub(one, { limit }), scrubLine(one, limit), code(one, limit), plain(one, limit)])
          expect(out.length).toBeLessThanOrEqual(limit)
      }),
    )
  })
})
