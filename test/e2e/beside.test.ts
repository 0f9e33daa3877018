// Repositories that are read beside the first: only where they list it, with a token for exactly these, and never silently without one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { call, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, base, changed, conclusions, findsNothing } from './scene.ts'
import { done, result, routineFrom, toldIn, workFile } from './tasks.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: () => say('Nobody told me what to say.') })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  expect(house.model.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

let repositories = 0
const open = (files: Record<string, string> = base, more: object = {}) =>
  house.github.createRepository({ owner: 'acme', name: `place-${++repositories}`, private: true, files, ...more })
/** A library, and who it says may read it. */
const library = (readableBy?: string, more: object = {}) =>
  open(
    {
      'src/round.ts': 'export const round = Math.round\n',
      ...(readableBy && { '.github/watchbill.yml': `readable_by: [${readableBy}]\n` }),
    },
    more,
  )
const nameOf = ({ owner, name }: SimulatedRepository) => `${owner}/${name}`
const reading = (...others: string[]) => routineFrom('prices', workFile(`repositories: [${others.join(', ')}]`))
const minted = (from: number) =>
  house.github.requests
    .slice(from)
    .filter(one => one.operation === 'apps/create-installation-access-token' && one.body?.repository_ids)

describe('a repository that lists this one', () => {
  it.each(['OWN', 'acme/*', 'ACME/*'])('is read by name in a tool, and quoted (%s)', async pattern => {
    const till = await open()
    const lib = await library(pattern.replace('OWN', nameOf(till)))
    const name = nameOf(lib)
    const evidence = [{ path: `${name}:src/round.ts`, quote: 'export const round = Math.round' }]
    const turns = [
      call('read', { path: 'src/round.ts', repository: name }),
      call('grep', { pattern: 'round', repository: name }),
      call('report_result', result({ looked_at: [`${name}:src/round.ts`], evidence })),
    ]
    house.model.setReply(request => turns[answersIn(request)] ?? say('Done.'))
    const [asked, sent] = [house.model.requests.length, house.github.requests.length]
    const run = await done(house, till, reading(name))
    expect(run.end).toBe('done')
    expect(run.report).toContain(`- Opened: \`${name}:src/round.ts\``)
    expect(run.report).toContain(`- Could be read beside: \`${name}\``)
    const [first, second, third] = house.model.requests.slice(asked).map(one => one.body)
    expect(toldIn(first!)).toContain(`give a name as \`repository\` to a tool`)
    expect(JSON.stringify(second!.messages)).toContain('export const round = Math.round')
    expect(JSON.stringify(third!.messages)).toContain('src/round.ts:1:export const round')
    // One for the two, by id, to read contents; and none for the other that does more.
    const tokens = minted(sent).map(one => [one.body.repository_ids, one.body.permissions])
    expect(tokens.filter(([ids]) => ids.length > 1)).toEqual([[[till.id, lib.id], { contents: 'read' }]])
    expect(tokens.filter(([ids, permissions]) => ids.includes(lib.id) && permissions.contents !== 'read')).toEqual([])
  })
})

it('what either repository keeps private is shown to no agent of a task, by any tool', async () => {
  const marker = 'KEPT-5512'
  const kept = { 'vault/key.ts': `export const key = '${marker}'\n` }
  const till = await open({ ...base, ...kept, '.github/watchbill.yml': 'private: ["vault/**"]\n' })
  const lib = await open({ ...kept, '.github/watchbill.yml': `readable_by: [acme/*]\nprivate: ["VAULT/*"]\n` })
  const looks = [{}, { repository: nameOf(lib) }].flatMap(where => [
    call('read', { path: 'vault/key.ts', ...where }),
    call('grep', { pattern: 'key', ...where }),
    call('show', { revision: 'HEAD', ...where }),
    call('show', { revision: 'HEAD:vault/key.ts', ...where }),
    call('blame', { path: 'vault/key.ts', from: 1, to: 1, ...where }),
  ])
  const evidence = [{ path: `${nameOf(lib)}:vault/key.ts`, quote: 'export const key' }]
  const turns = [...looks, call('report_result', result({ evidence })), call('report_result', result({ evidence: [] }))]
  house.model.setReply(request => turns[answersIn(request)] ?? say('Done.'))
  const from = house.model.requests.length
  await done(house, till, reading(nameOf(lib)))
  const sent = house.model.requests.slice(from).map(one => JSON.stringify(one.body))
  expect(sent.length).toBeGreaterThan(looks.length)
  expect(sent.filter(body => body.includes(marker))).toEqual([])
  expect(sent.at(-1)).toContain('is private by the repository')
})

describe('a repository that can not be read', () => {
  async function refusal(beside: string): Promise<string | undefined> {
    const till = await open()
    const [asked, sent] = [house.model.requests.length, house.github.requests.length]
    const run = await done(house, till, reading(beside))
    expect(run.end).toBe('failed')
    expect(house.model.requests.slice(asked)).toEqual([])
    expect(minted(sent).filter(one => one.body.repository_ids.length > 1)).toEqual([])
    expect(till.checkRuns()).toMatchObject([
      { conclusion: 'neutral', output: { title: 'Rehearsed: The task could not be done' } },
    ])
    expect(till.checkRuns()[0]?.output.summary).toContain('can not be read beside')
    return run.because?.replaceAll(nameOf(till), 'acme/till')
  }

  it('because it does not list this one', async () => {
    const name = nameOf(await library('acme/another'))
    expect(await refusal(name)).toBe(
      `${name} can not be read beside acme/till: its .github/watchbill.yml does not list acme/till under \`readable_by\` on its default branch; add it there.`,
    )
  })

  it('because it lists this one on another branch only', async () => {
    const lib = await library()
    await lib.commit({ branch: 'feature', files: { '.github/watchbill.yml': 'readable_by: ["acme/*"]\n' } })
    expect(await refusal(nameOf(lib))).toContain('does not list acme/till under `readable_by` on its default branch')
  })

  it('because its settings are broken', async () => {
    const lib = await open({ '.github/watchbill.yml': 'readable_by: acme/*\n' })
    expect(await refusal(nameOf(lib))).toContain('its .github/watchbill.yml has a problem (')
  })

  it('because the App does not hold it, or it belongs to somebody else', async () => {
    const lib = await library('acme/*', { installed: false })
    expect(await refusal(nameOf(lib))).toContain(`The App's installation does not hold the repository ${lib.name}.`)
    const theirs = await house.github.createRepository({ owner: 'umbrella', name: 'lib', private: false })
    expect(await refusal(nameOf(theirs))).toContain(
      'it belongs to umbrella, and only repositories of the same installation can be read.',
    )
  })
})

describe('a review', () => {
  const routine = (name: string, lib: string) => ({
    [`.github/routines/${name}.md`]: `---\ndescription: With the library\non: { pull_request: {} }\nagents: [generalist]\nrepositories: [${lib}]\n---\nLook.\n`,
  })

  it('reads beside too; a routine whose repository refuses is refused by itself, and the others go on', async () => {
    const lib = await library('acme/*')
    const shut = await library()
    const till = await open({ ...base, ...routine('with-lib', nameOf(lib)), ...routine('with-shut', nameOf(shut)) })
    house.model.setReply(findsNothing)
    const asked = house.model.requests.length
    const head = await till.commit({ branch: 'feature', files: changed })
    await till.openPull({ head: 'feature' })
    await house.until(() => {
      const checks = till.checkRuns(head).filter(check => /with-/.test(check.name))
      return checks.length === 2 && till.checkRuns(head).every(check => check.status === 'completed')
    })
    expect(conclusions(till.checkRuns(head))).toMatchObject({ 'with-lib': 'success', 'with-shut': 'neutral' })
    const refused = till.checkRuns(head).find(check => check.name === 'Watchbill / with-shut')
    expect(refused?.output.title).toBe('Rehearsed: Not started')
    expect(refused?.output.summary).toContain(`does not list ${nameOf(till)} under \`readable_by\``)
    const run = await house.until(async () => {
      const [one] = await house.server.store.runs.list({ repositoryId: till.id, limit: 1 })
      const told = house.lines.some(line => line.run === one?.id && 'end' in line && !('agent' in line))
      return one?.status === 'ended' && told && one
    })
    expect(run.end).toBe('done')
    const occurrences = await house.server.store.occurrences.ofRun(run.id)
    expect(Object.fromEntries(occurrences.map(one => [one.routine, one.verdict]))).toMatchObject({
      'with-lib': 'ran',
      'with-shut': 'refused',
    })
    const read = house.model.requests[asked]?.body.tools?.find(tool => 'name' in tool && tool.name === 'read')
    expect(JSON.stringify(read)).toContain(`"enum":["${nameOf(lib)}"]`)
  })
})
