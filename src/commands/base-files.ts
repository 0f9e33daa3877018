// Configuration and rules for a local range, read from where it begins: the branch under review does not set the rules of its own review.
import type { RepositoryFile } from '../domain/host.ts'
import type { Checkout } from '../domain/workspace.ts'
import { boundRules, type Rules, rulePaths } from '../runs/reading/rules.ts'

const configuration = /^\.github\/(routines\/([^/]+|agents\/[^/]+)\.md|watchbill\.yml)$/

/** `.github/routines/**` and `.github/watchbill.yml` as they stand at the merge base, those that the range removes included. */
export async function configurationAtBase(checkout: Checkout): Promise<RepositoryFile[]> {
  const here = await Promise.all(
    ['.github/routines/*.md', '.github/routines/agents/*.md', '.github/watchbill.yml'].map(pattern =>
      checkout.glob(pattern),
    ),
  )
  const changed = (await checkout.change()).files.flatMap(file => [file.path, file.oldPath ?? file.path])
  const paths = [...new Set([...here.flat(), ...changed])].filter(path => configuration.test(path))
  return filesAtBase(checkout, paths)
}

export async function rulesAtBase(checkout: Checkout): Promise<Rules> {
  const paths = rulePaths(await checkout.change())
  const files = await filesAtBase(checkout, paths.slice(0, lookedFor))
  const { rules, notes } = await boundRules(
    files.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text), text: async () => text })),
    `where the range begins, ${checkout.mergeBase.slice(0, 7)}`,
  )
  const left = paths.length - lookedFor
  return { rules, notes: left > 0 ? [`${left} places where rules can lie were not looked at.`, ...notes] : notes }
}

/** Each costs a process. */
const lookedFor = 120

async function filesAtBase(checkout: Checkout, paths: string[]): Promise<RepositoryFile[]> {
  const files = await Promise.all(
    paths.map(async path => ({ path, text: await checkout.file(path, checkout.mergeBase) })),
  )
  return files.flatMap(({ path, text }) => (text === undefined ? [] : [{ path, text }]))
}
