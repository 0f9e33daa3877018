// Settings of the organisation and of the repository → the ones that hold, with what was written in vain.
import { type ConfigurationProblem, type RepositorySettings, repositorySettingsSchema } from '../domain/routine.ts'
import { settingsRules } from './merging.ts'
import { requiredNames } from './required.ts'
import type { Shelf } from './shelf.ts'

export interface HeldSettings {
  settings: RepositorySettings
  /** The organisation's alone, for what it requires. */
  house: RepositorySettings | undefined
  problems: ConfigurationProblem[]
}

/** `here`: the shelf whose file lies in the repository itself, which in the organisation's own repository is the organisation's. */
export function holdSettings(organisation: Shelf, repository: Shelf, here: Shelf): HeldSettings {
  const required = requiredNames(organisation)
  const house = wordsOf(organisation)
  const { kept, problems } =
    required.size > 0 ? without(repository, required) : { kept: wordsOf(repository), problems: [] }
  const own = { ...kept }
  if (own.ceilings) {
    problems.push(complain(repository, 'ceilings', "is for an organisation's file only, and is ignored."))
    delete own.ceilings
  }
  const merged = Object.fromEntries(
    (Object.keys(settingsRules) as (keyof RepositorySettings)[]).map(key => [key, join(key, house, own)]),
  )
  const settings = repositorySettingsSchema.parse(withoutUndefined(merged))
  const readable_by = wordsOf(here).readable_by ?? []
  return {
    settings: { ...settings, readable_by },
    house: organisation.settings?.value,
    problems: [...problems, ...aboveCeilings(settings, repository)],
  }
}

type Words = Partial<RepositorySettings>

/** Only what its file says: a default is no word of anybody's. */
function wordsOf({ settings: read }: Shelf): Words {
  if (!read?.value) return {}
  const said = read.reading?.troubles.length === 0 ? (read.reading.value ?? {}) : undefined
  const group = typeof said === 'object' && !Array.isArray(said)
  const written = group ? Object.keys(said) : ['automatic', 'private']
  return Object.fromEntries(Object.entries(read.value).filter(([key]) => written.includes(key)))
}

function join(key: keyof RepositorySettings, house: Words, own: Words): unknown {
  const [theirs, ours] = [house[key], own[key]]
  switch (settingsRules[key].places) {
    case 'repository':
      return ours ?? theirs
    case 'keys':
      return { ...(theirs as object), ...(ours as object) }
    case 'lower':
      return lower(theirs as Amounts, ours as Amounts)
    case 'both':
      return [...((theirs as unknown[] | undefined) ?? []), ...((ours as unknown[] | undefined) ?? [])]
    case 'organisation':
      return theirs
    case 'own':
      return ours
  }
}

type Amounts = Record<string, number | undefined> | undefined

function lower(one: Amounts = {}, other: Amounts = {}): Record<string, number> {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return Object.fromEntries(
    keys.map(key => [key, Math.min(one[key] ?? Number.POSITIVE_INFINITY, other[key] ?? Number.POSITIVE_INFINITY)]),
  )
}

/** A repository's words without those that would blind, starve or silence what is required. */
function without(repository: Shelf, required: Set<string>): { kept: Words; problems: ConfigurationProblem[] } {
  const words = wordsOf(repository)
  const kept = { ...words }
  const problems: ConfigurationProblem[] = []
  const names = [...required].map(name => `\`${name}\``).join(', ')
  const refuse = (key: keyof RepositorySettings, what: string) => {
    problems.push(complain(repository, key, `${what} the organisation requires ${names}.`))
    if (['ignored', 'not false'].includes(settingsRules[key].required)) delete kept[key]
  }
  if (words.skip && words.skip.length > 0) refuse('skip', 'is ignored:')
  if (words.budget && Object.keys(words.budget).length > 0) refuse('budget', 'is ignored:')
  if (words.private && words.private.length > 0) refuse('private', 'hides files from every model, and so from what')
  if (words.automatic === false) refuse('automatic', 'can not be false:')
  if (words.enabled === false) refuse('enabled', 'switches the others off, not these:')
  return { kept, problems }
}

function aboveCeilings({ ceilings }: RepositorySettings, repository: Shelf): ConfigurationProblem[] {
  const { budget } = wordsOf(repository)
  return (['run', 'day'] as const).flatMap(key => {
    const [most, asked] = [ceilings?.[key], budget?.[key]]
    if (most === undefined || asked === undefined || asked <= most) return []
    const place = repository.settings?.reading?.placeOf(['budget', key])
    const message = `is above the organisation's ceiling of $${most} a ${key}; the ceiling holds.`
    return [{ file: settingsFile, ...place, path: `budget.${key}`, message }]
  })
}

const settingsFile = '.github/watchbill.yml'

function complain(shelf: Shelf, key: keyof RepositorySettings, message: string): ConfigurationProblem {
  return { file: settingsFile, ...shelf.settings?.reading?.placeOf([key]), path: key, message }
}

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
}
