// The simulator compared with recordings of the real API, where a folder of them is at hand.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { event, messageStart, restOfMessage } from './model/events.ts'
import { call, say, think, together } from './model/index.ts'
import { messageFrom } from './model/message.ts'
import { errorBody, refusal } from './model/refusal.ts'
import { misfit, type Shape } from './model/shape.ts'
import { unsupportedSchema } from './model/structured.ts'

type Recording = { src: string; path: string; request: Record<string, unknown>; status: number; body: string }

const file = join(process.env.TEST_RECORDINGS ?? '', 'anthropic-cassettes.jsonl')
const recorded = Boolean(process.env.TEST_RECORDINGS) && existsSync(file)

describe.skipIf(!recorded)(
  'beside recordings of the real API (TEST_RECORDINGS names their folder), the simulator',
  () => {
    const recordings: Recording[] = recorded
      ? readFileSync(file, 'utf8')
          .trim()
          .split('\n')
          .map(line => JSON.parse(line))
      : []

    it('admits every request that was answered, sampling parameters of former models aside', () => {
      const refused = recordings
        .filter(
          ({ request, status }) =>
            status === 200 && !('temperature' in request) && !JSON.stringify(request).includes('"text":null'),
        )
        .map(({ src, path, request }) => {
          const shape = `${path.includes('count_tokens') ? 'count_tokens' : 'messages'}${path.includes('beta=true') ? '.beta' : ''}`
          return [src, misfit(request, shape as Shape) ?? unsupportedSchema(request as never)] as const
        })
        .filter(([, sentence]) => sentence)
      expect(refused).toEqual([])
    })

    it('words its errors as the API does', () => {
      const real = recordings.find(({ status }) => status === 404)!
      const { request_id } = JSON.parse(real.body)
      expect(JSON.parse(errorBody(refusal(404, 'model: claude-does-not-exist'), request_id))).toEqual(
        JSON.parse(real.body),
      )
    })

    it('streams events of the same types, order and keys', () => {
      const streams = recordings.filter(({ body }) => body.startsWith('event:')).map(({ body }) => parse(body))
      const ours = parse(messageStart(message, usage) + [...restOfMessage(message)].join(''))
      const real = new Set(streams.flatMap(events => events.map(shapeOf)))
      for (const each of ours) expect([...real], each.type).toContain(shapeOf(each))
      for (const events of [...streams.slice(0, 5), ours]) {
        expect(events[0]?.type).toBe('message_start')
        expect(events.at(-2)?.type).toBe('message_delta')
        expect(events.at(-1)?.type).toBe('message_stop')
      }
      expect(event({ type: 'ping' })).toBe('event: ping\ndata: {"type":"ping"}\n\n')
    })
  },
)

const usage = {
  input_tokens: 1,
  cache_creation_input_tokens: 0,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  cache_read_input_tokens: 0,
  output_tokens: 0,
}
const message = messageFrom(
  together(think('Hm.'), say('Yes.'), call('read', { path: 'a' })),
  { model: 'claude-sonnet-5-5', max_tokens: 1000, messages: [] },
  usage,
)

type Event = { type: string; [key: string]: unknown }

function parse(body: string): Event[] {
  return body.split('\n').flatMap(line => (line.startsWith('data:') ? [JSON.parse(line.slice(5))] : []))
}

/** Type and keys, down to the second level; what is optional in the recordings is left out. */
function shapeOf({ type, message, content_block, delta, usage }: Event): string {
  const keys = (value: unknown) =>
    Object.keys((value as object) ?? {})
      .filter(key => !optional.has(key))
      .sort()
      .join()
  const kind = (value: unknown) => (value as { type?: string } | undefined)?.type ?? ''
  return [
    type,
    keys(message),
    keys((message as Event | undefined)?.usage),
    kind(content_block),
    keys(content_block),
    kind(delta),
    keys(delta),
    keys(usage),
  ].join(' | ')
}

const optional = new Set(['output_tokens_details', 'stop_details', 'citations', 'caller'])
