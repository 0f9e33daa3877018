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

/** What a process of its own printed, a line each. */
async function printed(level: string, format: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', say, level, format])
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
