// Files of other repositories that routines start from: each read at one commit, and only where that repository lets this one read it.
import type { Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem, meanings, Problem } from '../../domain/problem.ts'
import type { Pinned } from '../../routines/index.ts'
import { readableBy } from './readable.ts'

export type PinHost = Pick<Host, 'configuration' | 'repository' | 'commit' | 'fileAt' | 'contains'>

/** By `owner/repo/path.md@ref`; what may not be read, or is not there, is refused with a sentence. What passes by itself (GitHub is away) is thrown. */
export async function readPins(host: PinHost, reader: Repository, wanted: string[]): Promise<Record<string, Pinned>> {
  const pins: Record<string, Pinned> = {}
  for (const pin of wanted)
    try {
      pins[pin] = await readPin(host, reader, pin)
    } catch (thrown) {
      const { code, message } = asProblem(thrown)
      if (meanings[code].retry) throw thrown
      pins[pin] = { refused: message }
    }
  return pins
}

async function readPin(host: PinHost, reader: Repository, pin: string): Promise<Pinned> {
  const [, name = '', path = '', ref = ''] = /^([^/]+\/[^/]+)\/([^@]+)@(.+)$/.exec(pin) ?? []
  if (path.split('/').some(part => part === '..' || part === '.' || part === ''))
    throw new Problem('bad_configuration', `the path ${path} is not one from the top of a repository.`)
  const repository = await readableBy(host, reader, name)
  const commit = await commitOf(host, repository, ref)
  const text = await host.fileAt(repository, commit, path)
  if (text === undefined) throw new Problem('not_found', `${name} has no file ${path} at ${ref}.`)
  return { text, commit }
}

/** A branch moves with whoever may push to it, so it pins nothing. */
async function commitOf(host: PinHost, repository: Repository, ref: string): Promise<string> {
  const where = `${repository.owner}/${repository.name}`
  if (/^[0-9a-f]{40}$/.test(ref)) {
    if (await host.contains(repository, ref)) return ref
    throw new Problem(
      'not_found',
      `the commit ${ref.slice(0, 12)} is not in the history of ${where}'s ${repository.defaultBranch}.`,
    )
  }
  try {
    return await host.commit(repository, `tags/${ref}`)
  } catch (thrown) {
    if (asProblem(thrown).code !== 'not_found') throw thrown
    throw new Problem(
      'bad_configuration',
      `${ref} is neither a full commit id of 40 characters nor a tag of ${where}; a branch moves, so it pins nothing.`,
      { cause: thrown },
    )
  }
}
