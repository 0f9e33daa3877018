// A rehearsed fleet, driven by the real tool runner.
import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { expect, it } from 'vitest'
import { asked, call, json, opening, rehearse, say, startModel, together } from './model/index.ts'

const reply = rehearse({
  rules: [
    {
      when: opening(/^Lens: security/m),
      turns: [
        call('read', { path: 'src/login.ts' }),
        together(
          say('Found one.'),
          call('report_finding', { quote: 'eval(input)' }),
          call('report_finding', { quote: 'md5(' }),
        ),
      ],
    },
    { when: asked(/Grade this/), turns: (_, turn) => json({ grade: turn }) },
  ],
  afterwards: say('That is all.'),
})

it('a rehearsed fleet plays each agent by its lens, each from its own first line, and stops after the last', async () => {
  await using model = await startModel({ reply })
  const client = new Anthropic({ apiKey: model.apiKey, authToken: null, baseURL: model.url, maxRetries: 0 })
  const review = async (lens: string) => {
    const findings: string[] = []
    const inputSchema = { type: 'object', properties: { quote: { type: 'string' }, path: { type: 'string' } } } as const
    const tools = [
      betaTool({ name: 'read', description: 'Reads', inputSchema, run: () => 'contents' }),
      betaTool({
        name: 'report_finding',
        description: 'Reports',
        inputSchema,
        run: ({ quote }) => `noted ${findings.push(quote ?? '')}`,
      }),
    ]
    const runner = client.beta.messages.toolRunner({
      model: 'claude-sonnet-5-5',
      max_tokens: 1000,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'diff' },
            { type: 'text', text: `Lens: ${lens}` },
          ],
        },
      ],
      tools,
      thread: false,
    })
    const last = await runner.runUntilDone()
    return { findings, last: last.content }
  }
  const [security, tests] = await Promise.all([review('security'), review('tests')])
  expect(security.findings).toEqual(['eval(input)', 'md5('])
  expect(tests.findings).toEqual([])
  for (const { last } of [security, tests]) expect(last).toMatchObject([{ text: 'That is all.' }])
  expect(model.requests).toHaveLength(4)
  expect(model.refusals).toEqual([])
})
