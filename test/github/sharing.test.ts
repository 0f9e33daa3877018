// Questions that are asked at once are asked of GitHub once or twice, and no answer is older than its question.
import { expect, test } from 'vitest'
import { sharing } from '../../src/github/sharing.ts'
import { openStage } from './stage.ts'

/** An asking that answers with its number, when it is told to. */
function counting() {
  const gates: PromiseWithResolvers<void>[] = []
  const ask = sharing(String, async (key: number) => {
    const gate = Promise.withResolvers<void>()
    const number = gates.push(gate)
    await gate.promise
    return `${key}: ${number}`
  })
  return { gates, ask }
}

test('who comes while one is under way shares the next', async () => {
  const { gates, ask } = counting()
  const first = ask(1)
  const meanwhile = [ask(1), ask(1), ask(1)]
  expect(gates).toHaveLength(1)
  gates[0]!.resolve()
  expect(await first).toBe('1: 1')
  gates[1]!.resolve()
  expect(await Promise.all(meanwhile)).toEqual(['1: 2', '1: 2', '1: 2'])
  const later = ask(1)
  gates[2]!.resolve()
  expect(await later).toBe('1: 3')
})

test('another question does not wait', async () => {
  const { gates, ask } = counting()
  const first = ask(1)
  const other = ask(2)
  gates[1]!.resolve()
  expect(await other).toBe('2: 2')
  gates[0]!.resolve()
  await first
})

test('who waited behind one that failed asks anew', async () => {
  const { gates, ask } = counting()
  const first = ask(1)
  const second = ask(1)
  gates[0]!.reject(new Error('away'))
  await expect(first).rejects.toThrow('away')
  gates[1]!.resolve()
  expect(await second).toBe('1: 2')
})

test('twenty events of a repository at once look at its default branch twice, and count the installation once', async () => {
  await using stage = await openStage()
  const before = stage.github.requests.length
  const { host, repository } = stage
  await Promise.all(
    Array.from({ length: 20 }, () => [
      host.configuration(repository),
      host.installationSize(repository.installationId),
    ]).flat(),
  )
  const asked = (operation: string) =>
    stage.github.requests.slice(before).filter(request => request.operation === operation).length
  expect(asked('repos/get-branch')).toBe(2)
  expect(asked('apps/list-repos-accessible-to-installation')).toBe(1)

  const sha = await stage.repo.commit({ branch: 'main', files: { '.github/routines/new.md': 'text' } })
  expect(await host.configuration(repository)).toMatchObject({ commit: sha, repository: [{ text: 'text' }] })
})
