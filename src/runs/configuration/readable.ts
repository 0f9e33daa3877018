// Whether another repository lets this one read it: of the same installation, and listing it in its own settings, now.
import type { Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { Problem } from '../../domain/problem.ts'
import { loadConfiguration } from '../../routines/index.ts'

/** The repository called `wanted`. Problem `forbidden`, with who has to do what, when `reader` may not read it. */
export async function readableBy(
  host: Pick<Host, 'repository' | 'configuration'>,
  reader: Repository,
  wanted: string,
): Promise<Repository> {
  const [owner = '', name = ''] = wanted.split('/')
  if (owner.toLowerCase() !== reader.owner.toLowerCase())
    throw new Problem(
      'forbidden',
      `it belongs to ${owner}, and only repositories of the same installation can be read.`,
    )
  const repository = await host.repository(reader.installationId, owner, name)
  if (repository.ownerId !== reader.ownerId)
    throw new Problem('forbidden', 'it is not in the same installation any more.')
  if (repository.id === reader.id) return repository
  const files = (await host.configuration(repository)).repository
  const { settings, problems } = loadConfiguration({ builtIn: [], organisation: [], repository: files })
  if (settings.readable_by.some(pattern => admits(pattern, reader))) return repository
  const broken = problems.find(problem => problem.file.endsWith('watchbill.yml'))
  throw new Problem(
    'forbidden',
    broken
      ? `its .github/watchbill.yml has a problem (${broken.message}), so nobody may read it.`
      : `its .github/watchbill.yml does not list ${reader.owner}/${reader.name} under \`readable_by\` on its default branch; add it there.`,
  )
}

/** `OWNER/REPO`, or `OWNER/*`; names are told apart as GitHub does, without regard to case. */
function admits(pattern: string, reader: Pick<Repository, 'owner' | 'name'>): boolean {
  const [owner = '', name = ''] = pattern.toLowerCase().split('/')
  return owner === reader.owner.toLowerCase() && (name === '*' || name === reader.name.toLowerCase())
}
