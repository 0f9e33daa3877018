// The warm-up: one goes ahead, the others follow at its first event, or one of them takes over when it failed.
import { describe, expect, it } from 'vitest'
import { openWarmth } from '../../src/claude/warm.ts'

const signal = new AbortController().signal
const prefix = { key: 'sonnet, diff', cacheable: true }
const tick = () => new Promise(resolve => setImmediate(resolve))

/** The names of those who may go, in the order they were let go. */
function line(warmth: ReturnType<typeof openWarmth>) {
  const gone: string[] = []
  return {
    gone,
    join: (name: string, of = prefix, by = signal) =>
      warmth.enter(of, by).then(turnstile => {
        gone.push(name)
        return turnstile
      }),
  }
}

describe('the warm-up', () => {
  it('lets one ahead and everybody else after its first event', async () => {
    const { gone, join } = line(openWarmth(() => 0))
    const first = await join('first')
    void join('second')
    void join('third')
    await tick()
    expect(gone).toEqual(['first'])
    first.started()
    await tick()
    expect(gone).toEqual(['first', 'second', 'third'])
  })

  it('makes the next one the warmer when the first fails', async () => {
    const { gone, join } = line(openWarmth(() => 0))
    const first = await join('first')
    const second = join('second')
    void join('third')
    first.failed()
    await tick()
    expect(gone).toEqual(['first', 'second'])
    ;(await second).started()
    await tick()
    expect(gone).toEqual(['first', 'second', 'third'])
  })

  it('is cold again after five minutes without use, and warm as long as it is used', async () => {
    let now = 0
    const { gone, join } = line(openWarmth(() => now))
    ;(await join('first')).started()
    now = 4 * 60_000
    ;(await join('second')).started()
    now = 8 * 60_000
    ;(await join('third')).started()
    now = 14 * 60_000
    await join('fourth')
    void join('fifth')
    await tick()
    expect(gone).toEqual(['first', 'second', 'third', 'fourth'])
  })

  it('keeps nobody with another prefix, or with one too short to be cached', async () => {
    const { gone, join } = line(openWarmth(() => 0))
    await join('first')
    await join('other', { key: 'haiku, diff', cacheable: true })
    await join('short', { key: 'x', cacheable: false })
    await join('short too', { key: 'x', cacheable: false })
    expect(gone).toHaveLength(4)
  })

  it('forgets who gave up waiting', async () => {
    const { gone, join } = line(openWarmth(() => 0))
    const first = await join('first')
    const impatient = new AbortController()
    const second = join('second', prefix, impatient.signal)
    void join('third')
    impatient.abort()
    await expect(second).rejects.toThrow()
    first.failed()
    await tick()
    expect(gone).toEqual(['first', 'third'])
  })
})
