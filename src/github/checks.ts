// Check runs: opened once, moved along, with every annotation once.
import type { Repository } from '../domain/event.ts'
import type { Annotation, CheckUpdate, Host, NamelessUpdate } from '../domain/host.ts'
import type { Log, Octokit, Open } from './client.ts'
import { isLost } from './failures.ts'
import type { Pace } from './pace.ts'
import { openRepository } from './pulls.ts'
import { fitCheck, shorten } from './texts.ts'

export interface CheckPorts {
  open: Open
  pace: Pace
  log: Log
  appId: number
}

type OurChecks = Awaited<ReturnType<Host['checks']>>
type Place = { octokit: Octokit; at: { owner: string; repo: string } }

/** GitHub takes 50 annotations a request (https://docs.github.com/en/rest/checks/runs#update-a-check-run). */
const mostAnnotations = 50
const tries = 4
const settle = 2000

/** Found again by name, external id and head, whether an earlier attempt crashed or its answer was lost; the first attempt has nothing to find. */
export async function openCheck(
  ports: CheckPorts,
  repository: Repository,
  check: CheckUpdate & { head: string; externalId: string; first?: boolean },
): Promise<number> {
  const place = openRepository(ports.open, repository, { checks: 'write' })
  const find = async () => {
    const known = await listChecks(place, ports.appId, check.head, check.name)
    return known.find(one => one.name === check.name && one.externalId === check.externalId)?.id
  }
  for (let attempt = 1; ; attempt++) {
    const found = check.first && attempt === 1 ? undefined : await find()
    if (found !== undefined) {
      await updateCheck(ports, repository, found, check)
      return found
    }
    try {
      const { data } = await place.octokit.rest.checks.create({
        ...place.at,
        head_sha: check.head,
        external_id: check.externalId,
        ...partsOf(check, true),
        name: check.name,
      })
      if (check.annotations?.length) await updateCheck(ports, repository, data.id, check)
      return data.id
    } catch (thrown) {
      if (!isLost(thrown) || attempt === tries) throw thrown
      ports.log({ check: check.name }, "GitHub's answer was lost; the check is looked for again")
      await ports.pace.wait(settle)
    }
  }
}

/** The annotations first, a batch a request, and with the last of them the status: a check is complete when all of it stands. */
export async function updateCheck(
  ports: CheckPorts,
  repository: Repository,
  checkId: number,
  check: NamelessUpdate,
): Promise<void> {
  const place = openRepository(ports.open, repository, { checks: 'write' })
  const at = { ...place.at, check_run_id: checkId }
  for (let attempt = 1; ; attempt++) {
    try {
      const missing = check.annotations?.length ? await missingAnnotations(place, checkId, check.annotations) : []
      while (missing.length > mostAnnotations) {
        const annotations = missing.splice(0, mostAnnotations).map(annotationOf)
        await place.octokit.rest.checks.update({ ...at, output: { ...outputOf(check), annotations } })
      }
      const annotations = missing.map(annotationOf)
      const parts = partsOf(check, false)
      await place.octokit.rest.checks.update({
        ...at,
        ...parts,
        output: { ...parts.output, ...(annotations.length > 0 ? { annotations } : {}) },
      })
      return
    } catch (thrown) {
      if (!isLost(thrown) || attempt === tries) throw thrown
      await ports.pace.wait(settle)
    }
  }
}

export async function readChecks(
  ports: Pick<CheckPorts, 'open' | 'appId'>,
  repository: Repository,
  head: string,
): Promise<OurChecks> {
  return listChecks(openRepository(ports.open, repository, { checks: 'read' }), ports.appId, head)
}

async function listChecks({ octokit, at }: Place, appId: number, head: string, name?: string): Promise<OurChecks> {
  const wanted = {
    ...at,
    ref: head,
    app_id: appId,
    filter: 'all' as const,
    per_page: 100,
    ...(name === undefined ? {} : { check_name: name }),
  }
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, wanted)
  return runs
    .filter(run => run.app?.id === appId)
    .map(run => ({
      id: run.id,
      name: run.name,
      externalId: run.external_id ?? '',
      status: run.status,
      conclusion: run.conclusion,
      title: run.output.title ?? '',
      summary: run.output.summary ?? '',
    }))
}

/** GitHub appends annotations on every update; those that stand are not sent again. */
async function missingAnnotations(
  { octokit, at }: Place,
  checkId: number,
  wanted: Annotation[],
): Promise<Annotation[]> {
  const standing = await octokit.paginate(octokit.rest.checks.listAnnotations, {
    ...at,
    check_run_id: checkId,
    per_page: 100,
  })
  const stands = new Map<string, number>()
  const count = (key: string, by: number) => stands.set(key, (stands.get(key) ?? 0) + by)
  for (const one of standing)
    count(
      JSON.stringify([one.path, one.start_line, one.end_line, one.annotation_level, one.title ?? '', one.message]),
      1,
    )
  return wanted.filter(annotation => {
    const one = annotationOf(annotation)
    const key = JSON.stringify([one.path, one.start_line, one.end_line, one.annotation_level, one.title, one.message])
    if (!stands.get(key)) return true
    count(key, -1)
    return false
  })
}

function partsOf(check: NamelessUpdate, creating: boolean) {
  const { name, status, conclusion } = check
  const done = status === 'completed' ? { status, conclusion: conclusion ?? 'neutral' } : { status }
  const actions = (check.buttons ?? []).slice(0, 3).map(({ label, description, identifier }) => ({
    label: shorten(label, 20),
    description: shorten(description, 40),
    identifier,
  }))
  // An absent list would leave the buttons of an earlier update standing; a new check has none to clear.
  return {
    ...(name !== undefined && { name }),
    ...done,
    output: outputOf(check),
    ...(creating && actions.length === 0 ? {} : { actions }),
  }
}

function outputOf({ title, summary, text }: NamelessUpdate) {
  return {
    title: shorten(title, 255),
    summary: fitCheck(summary),
    ...(text === undefined ? {} : { text: fitCheck(text) }),
  }
}

function annotationOf(annotation: Annotation) {
  const { path, startLine, endLine, level, title, message } = annotation
  return {
    path,
    start_line: startLine,
    end_line: Math.max(startLine, endLine),
    annotation_level: level,
    title: shorten(title, 255),
    message: fitCheck(message, 64_000),
  }
}
