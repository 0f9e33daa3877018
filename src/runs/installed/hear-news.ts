// Deliveries that tell where the App may be: GitHub is asked what holds now, since they may come late, twice or in another order; unanswered, they are believed.
import type { InstallationNews } from '../../domain/installed.ts'
import { asProblem } from '../../domain/problem.ts'
import { type InstalledPorts, leave, settleInstallation, whyWhole } from './settle.ts'

/** What was done, as a sentence. Thrown, for another try, when GitHub could not be asked; what the delivery takes away is gone all the same. */
export async function hearNews(ports: InstalledPorts, news: InstallationNews): Promise<string> {
  return news.kind === 'repository' ? hearOfRepository(ports, news) : hearOfInstallation(ports, news)
}

/** Of where a repository is and what it is called: told late, the name is one from before, perhaps another repository's by now. */
const asked = ['created', 'renamed', 'transferred']

/** Renamed and transferred ones are known by their number: all that is kept goes on under the new name. */
async function hearOfRepository(
  ports: InstalledPorts,
  { repository, deleted, action }: Extract<InstallationNews, { kind: 'repository' }>,
): Promise<string> {
  const { store, now } = ports
  const called = `${repository.owner}/${repository.name}`
  if (!deleted) {
    const known = (name: string) => `The repository is known as ${name} from now on.`
    if (!asked.includes(action)) {
      await store.repositories.seen(repository, now().toISOString())
      return known(called)
    }
    const { id, installationId } = repository
    const said = await settleInstallation(ports, installationId).catch(async thrown => {
      await store.repositories.seen(repository, now().toISOString())
      throw thrown
    })
    const here = (await store.repositories.ofInstallation(installationId)).find(one => one.id === id)
    return here ? `${known(`${here.owner}/${here.name}`)} ${said}` : said
  }
  const because = `The repository ${called} was deleted on GitHub.`
  const left = { installationId: repository.installationId, whole: false, forGood: true, because }
  return `${because} ${await leave(ports, { ...left, repositoryIds: [repository.id] })}`
}

async function hearOfInstallation(
  ports: InstalledPorts,
  { installationId, account, action, whole, taken }: Extract<InstallationNews, { kind: 'installation' }>,
): Promise<string> {
  try {
    return await settleInstallation(ports, installationId, account)
  } catch (thrown) {
    const { code } = asProblem(thrown)
    if (whole) await leave(ports, await whyWhole(ports, installationId, action === 'suspend', account))
    else if (taken.length > 0) {
      const because = 'The App was taken off this repository.'
      await leave(ports, { installationId, whole: false, repositoryIds: taken, forGood: true, because })
    }
    ports.log({ installation: installationId, code }, 'GitHub could not be asked what the installation holds now.')
    throw thrown
  }
}
