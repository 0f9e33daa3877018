// The main job, end to end: a signed delivery arrives, and one review with inline comments and each routine's check stands on the pull request.
import { describe, expect, it, vi } from 'vitest'
import { openHouse } from './house.ts'
import { conclusions, finds, isReviewed, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

describe('a pull request is opened', () => {
  it('one review with an inline comment and a check for each routine stand on it', async () => {
    await using house = await openHouse({ reply: finds })
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))

    const pull = repository.pull(number)
    expect(pull.reviews).toHaveLength(1)
    expect(pull.reviewComments).toHaveLength(1)
    expect(pull.reviewComments[0]).toMatchObject({ path: 'src/price.ts', line: 2, side: 'RIGHT' })
    expect(pull.reviewComments[0]?.body).toContain('Rounding down loses a cent')
    expect(pull.reviews[0]?.body).toMatch(/rehearsed/i)
    expect(conclusions(repository.checkRuns())).toEqual({ 'code-review': 'neutral', 'security-review': 'neutral' })
    expect(house.github.refusals).toEqual([])
    expect(house.model.refusals).toEqual([])
  })
})
