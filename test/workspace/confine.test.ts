// A tool's child: what it sees, what it may use, and how it ends.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ConfinedCommand } from '../../src/domain/confined.ts'
import { openWorkspaces } from '../../src/workspace/index.ts'

const { confine, isolation } = openWorkspaces({ dataDir: mkdtempSync(join(tmpdir(), 'confine-')) })
const shell = (script: string, more: Partial<ConfinedCommand> = {}) =>
  confine({
    program: '/bin/sh',
    args: ['-c', script],
    timeoutMs: 10_000,
    maxBytes: 100_000,
    signal: new AbortController().signal,
    ...more,
  })

describe('a tool’s child', () => {
  test('finds its files in its own directory, as the bytes they are, and they are gone afterwards', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0a])
    const { stdout } = await shell('pwd; ls -A; od -An -tx1 0001.ts', { files: new Map([['0001.ts', bytes]]) })
    const [dir = '', name, dump] = stdout.toString().split('\n')
    expect([name, dump]).toEqual(['0001.ts', ' ff 00 0a'])
    expect((await shell(`ls ${dir}`)).code).not.toBe(0)
  })

  test('has no variable of ours', async () => {
    const { stdout } = await shell('env')
    const names = stdout.toString().match(/^\w+(?==)/gm) ?? []
    expect(names.filter(name => !['PATH', 'LC_ALL', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([])
  })

  test('is ended when it takes too long, says too much, or wants too much memory', async () => {
    expect((await shell('sleep 30', { timeoutMs: 200 })).ended).toBe('timeout')
    expect(await shell('yes', { maxBytes: 1000 })).toMatchObject({ ended: 'enough' })
    const greedy = await shell('x=$(head -c 300000000 /dev/zero | tr "\\\\0" a); printf %s "$x" | wc -c', {
      memoryBytes: 64 * 1024 ** 2,
    })
    expect(greedy.stdout.toString()).not.toContain('300000000')
  })

  test('is stopped by the signal', async () => {
    const stop = new AbortController()
    const running = shell('echo; sleep 30', { signal: stop.signal })
    stop.abort()
    await expect(running).rejects.toMatchObject({ code: 'stopped' })
  })

  test('is given names of ours alone', async () => {
    for (const name of ['../x', '-x', 'a/b', '.gitignore', 'a\nb'])
      await expect(shell('true', { files: new Map([[name, Buffer.alloc(0)]]) })).rejects.toThrow('not one of ours')
  })

  test('sees nothing else of the disk, and no network, where there is bubblewrap', async context => {
    if ((await isolation()) !== 'bubblewrap') context.skip('no bubblewrap here')
    const { stdout } = await shell(`ls ${import.meta.dirname} /home /root 2>&1; cat /proc/net/dev; ls / `)
    expect(stdout.toString()).not.toContain('confine.test.ts')
    expect(stdout.toString()).not.toMatch(/^\s*eth0:/m)
  })
})
