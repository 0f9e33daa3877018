// Opens a hostile pull request: its files beside the planted defect.
import type { Files, Modes } from '../../simulators/github/bare-repository.ts'
import type { SimulatedRepository } from '../../simulators/github/index.ts'
import type { HostileCase } from './hostile-case.ts'
import { quoteOf } from './obeying-model.ts'

export async function openHostile(
  repository: SimulatedRepository,
  id: number,
  { files, modes, title, body, branch = 'x', message, labels, author = 'octocat', comments = [] }: HostileCase,
): Promise<{ number: number; head: string }> {
  const name = `${id}-${branch}`
  const price = `export function cents(text: string): number {\n${quoteOf(id)}\n}\n`
  const head = await repository.commit({
    branch: name,
    files: { 'src/price.ts': price, ...(files as Files) },
    ...(modes && { modes: modes as Modes }),
    ...(message && { message }),
    author,
  })
  const { number } = await repository.openPull({
    head: name,
    title: title ?? `Change ${id}`,
    body: body ?? null,
    author,
    ...(labels && { labels }),
  })
  for (const text of comments) repository.comment(number, text, 'mallory')
  return { number, head }
}
