// The level of a line: what failed, what went wrong as it may, what somebody is to heed, and all else.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const say = `
import { openLog } from ${JSON.stringify(new URL('../src/log.ts', import.meta.url).href)}
const log = openLog({ logLevel: process.argv[1], logFormat: process.argv[2] })
log({ cause: 'x' }, 'a failure')
log({ problem: 'x' }, 'a problem')
log({ warning: 'pull 80 %' }, 'a warning')
log({ run: 'x', cause: undefined, problem: undefined }, 'a decision')`

/** What libraries hang on their errors: the request with its key and body, the row, the answer that could not be read. */
const fail = `
import { openLog } from ${JSON.stringify(new URL('../src/log.ts', import.meta.url).href)}
const log = openLog({ logLevel: process.argv[1], logFormat: process.argv[2] })
const canary = 'words of somebody else'
const cause = Object.assign(new TypeError('the innermost'), { body: canary })
const error = Object.assign(new RangeError('it broke', { cause }), {
  status: 422, code: '23502', requestID: 'req_1', detail: canary, params: [canary], error: { canary },
  headers: { authorization: canary }, request: { body: canary }, response: { data: canary },
})
log({ run: 'r', err: error }, 'failed')
let unread
try { JSON.parse('{"quote": ' + canary) } catch (thrown) { unread = thrown }
log({ err: unread }, 'unread')
log({ cause: String(unread) }, 'unread')
log({ problem: unread.message }, 'unread')`

/** What a process of its own printed, a line each. */
async function printed(level: string, format: string, told = say): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', told, level, format])
  return stdout.trimEnd().split('\n')
}

it('is told in JSON', async () => {
  const lines = (await printed('info', 'json')).map(line => JSON.parse(line))
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [50, 'a failure'],
    [40, 'a problem'],
    [40, 'a warning'],
    [30, 'a decision'],
  ])
})

it('decides what is left out, in text too', async () => {
  const lines = await printed('warn', 'text')
  expect(lines).toHaveLength(3)
  expect(lines.join('\n')).toContain('a warning  warning="pull 80 %"')
  expect(lines.join('\n')).not.toContain('a decision')
})

it.each(['json', 'text'])('tells of an error what it is and where, and nothing that hangs on it (%s)', async format => {
  const lines = await printed('info', format, fail)
  expect(lines).toHaveLength(4)
  expect(lines.join('\n')).not.toMatch(/words|somebody/)
  for (const told of ['RangeError', 'it broke', '422', '23502', 'req_1', 'TypeError: the innermost', 'at file:'])
    expect(lines[0]).toContain(told)
  for (const line of lines.slice(1)) expect(line).toContain('is not valid JSON')
})
