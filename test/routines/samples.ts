// Events, pulls and configuration files for the tests of routines.
import { readBuiltIns } from '../../src/builtins.ts'
import type { Event, Pull, Repository } from '../../src/domain/event.ts'
import type { RepositoryFile } from '../../src/domain/host.ts'
import { type Configuration, type Routine, repositorySettingsSchema } from '../../src/domain/routine.ts'
import { loadConfiguration } from '../../src/routines/index.ts'

/** Those that answer something: the ones on standby wait to be named. */
export const answering = ({ routines }: Configuration): Routine[] =>
  routines.filter(routine => Object.keys(routine.on).length > 0)

export const noSettings = repositorySettingsSchema.parse({})

export const repository: Repository = {
  id: 1,
  owner: 'acme',
  ownerId: 2,
  ownerType: 'Organization',
  name: 'shop',
  private: true,
  defaultBranch: 'main',
  installationId: 3,
}

export function pull(change: Partial<Pull> = {}): Pull {
  return {
    number: 7,
    title: 'Add refunds',
    body: 'Closes #6',
    author: { id: 10, login: 'ada', type: 'User' },
    draft: false,
    state: 'open',
    merged: false,
    fork: false,
    labels: [],
    base: { ref: 'main', sha: 'a'.repeat(40) },
    head: { ref: 'refunds', sha: 'b'.repeat(40) },
    additions: 30,
    deletions: 12,
    url: 'https://github.com/acme/shop/pull/7',
    ...change,
  }
}

export function event(change: Partial<Event> = {}): Event {
  return {
    id: 'e1',
    kind: 'pull_request',
    action: 'opened',
    at: '2026-11-21T10:00:00.000Z',
    repository,
    actor: { id: 10, login: 'ada', type: 'User' },
    number: 7,
    own: false,
    ...change,
  }
}

/** A routine's file: front matter as YAML lines, then its instructions. */
export function routineFile(name: string, yaml: string, instructions = 'Look closely.'): RepositoryFile {
  return { path: `.github/routines/${name}.md`, text: `---\n${yaml.trim()}\n---\n${instructions}\n` }
}

export function agentFile(
  name: string,
  body = '## Look for\n\n- Bugs.\n\n## Do not flag\n\n- Style.\n',
): RepositoryFile {
  return {
    path: `.github/routines/agents/${name}.md`,
    text: `---\nname: ${name}\ndescription: Looks\n---\n${body}`,
  }
}

export function settingsFile(text: string): RepositoryFile {
  return { path: '.github/watchbill.yml', text }
}

const builtIn = readBuiltIns()

export function load(repositoryFiles: RepositoryFile[], organisation: RepositoryFile[] = []): Configuration {
  return loadConfiguration({
    builtIn,
    organisation,
    repository: repositoryFiles,
    commit: 'c1',
    organisationCommit: 'c2',
  })
}

export function find(configuration: Configuration, name: string): Routine {
  const routine = configuration.routines.find(one => one.name === name)
  if (!routine) throw new Error(`no routine ${name}`)
  return routine
}

/** The routine of one front matter; fails the test when that has problems. */
export function routine(yaml: string): Routine {
  const configuration = load([routineFile('mine', `description: Mine\n${yaml}`)])
  if (configuration.problems.length > 0) throw new Error(JSON.stringify(configuration.problems))
  return find(configuration, 'mine')
}

export function messages(configuration: Pick<Configuration, 'problems'>): string[] {
  return configuration.problems.map(
    ({ file, line, column, path, message }) =>
      `${file}:${line ?? ''}:${column ?? ''} ${path ? `${path}: ` : ''}${message}`,
  )
}
