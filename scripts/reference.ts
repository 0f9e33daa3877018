// Writes the tables of the docs from the schemas, the line-up and the prices: node scripts/reference.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { caps, lineups } from '../src/agents/lineup.ts'
import type { RiskTier } from '../src/domain/change.ts'
import { environmentSchema, secretNames } from '../src/domain/environment.ts'
import { priceTable } from '../src/domain/models.ts'
import { costOf, type Price } from '../src/domain/prices.ts'
import { exploitabilities, impacts, severityTable } from '../src/domain/weighing.ts'
import { type Rule, routineRules, type SettingsRule, settingsRules } from '../src/routines/merging.ts'
import { jsonSchemas } from './json-schema.ts'

/** Under docs/. */
export const generatedPages = ['routines.md', 'configuration.md', 'cost.md']

/** A page with every table between `<!-- table NAME -->` and `<!-- end -->` as the code has it now. */
export function withTables(text: string): string {
  return text.replace(
    /(<!-- table (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, end: string) => {
      const table = tables[name]
      if (!table) throw new Error(`The docs ask for a table called ${name}, and there is none.`)
      return `${open}\n${table()}\n\n${end}`
    },
  )
}

const tables: Record<string, () => string> = {
  routine: () => keys('routine.schema.json'),
  agent: () => keys('agent.schema.json'),
  settings: () => keys('watchbill.schema.json'),
  review: () => keys('review.schema.json'),
  text: () => rows(textFilter().properties ?? {}, ''),
  merging: () =>
    table(
      ['key', 'of two files', 'where the organisation requires the routine'],
      [
        ['the text below', 'one below the other, its own last', "one below the other, the organisation's first"],
        ...Object.entries(routineRules).map(([key, rule]) => [
          `\`${key}\``,
          extending[rule.extending],
          overRequired[rule.required],
        ]),
        ...Object.entries(settingsRules).map(([key, rule]) => [
          `settings: \`${key}\``,
          places[rule.places],
          whileRequired[rule.required],
        ]),
      ],
    ),
  tiers: () =>
    table(
      ['review', 'agents sent (model)', 'at most', 'time'],
      (Object.keys(lineups) as RiskTier[]).map(tier => [
        tier,
        lineups[tier].map(place => `${place.as ?? place.lens} (${place.model})`).join(', '),
        `$${caps[tier].usd.toFixed(2)}`,
        `${caps[tier].minutes} min`,
      ]),
    ),
  environment: () =>
    table(
      ['variable', 'value', 'default', 'meaning'],
      Object.entries(environment().properties ?? {})
        .filter(([, one]) => one.description !== undefined)
        .map(([name, one]) => [
          `\`${name}\`${secretNames.includes(name) ? ' (secret)' : ''}`,
          kind(one),
          one.default === undefined ? '' : `\`${one.default}\``,
          one.description ?? '',
        ]),
    ),
  prices: () =>
    table(
      ['model', 'input', 'written to the cache', 'read from the cache', 'output'],
      Object.entries(priceTable).flatMap(([model, price]) => [
        [`\`${model}\``, ...ratesOf(price)],
        ...(price.above
          ? [[`\`${model}\`, prompts above ${tokens(price.above.promptTokens)} tokens`, ...ratesOf(price.above)]]
          : []),
      ]),
    ),
  conversation: () =>
    table(
      ['model', 'such a conversation'],
      Object.entries(priceTable).map(([model, price]) => [`\`${model}\``, `$${conversation(price).toFixed(3)}`]),
    ),
  weighing: () =>
    table(
      ['impact', ...exploitabilities],
      impacts.map(impact => [impact, ...exploitabilities.map(how => severityTable[impact][how])]),
    ),
}

export const tokens = (count: number) => count.toLocaleString('en')

function ratesOf(price: Omit<Price, 'above' | 'smallestCacheable'>): string[] {
  return [price.input, price.cacheWrite, price.cacheRead, price.output].map(usd => `$${usd}`)
}

/** The conversation that docs/cost.md works through, in tokens. */
export const worked = { begin: 20_000, turns: 10, read: 4_000, written: 500 }

function conversation(price: Price): number {
  const { begin, turns, read, written } = worked
  const calls = Array.from({ length: turns }, (_, turn) => ({
    input: 0,
    cacheWrite: turn === 0 ? begin : read + written,
    cacheRead: turn === 0 ? 0 : begin + (read + written) * (turn - 1),
    output: written,
  }))
  return calls.reduce((sum, usage) => sum + costOf(usage, price), 0)
}

const extending: Record<Rule['extending'], string> = {
  own: 'its own alone',
  replaces: 'its own, else that of what it extends',
  keys: 'key by key: its own, else that of what it extends',
  triggers: 'trigger by trigger, and of `pull_request` filter by filter: its own, else that of what it extends',
  globs: 'glob by glob; its own come after those of what it extends, and so decide',
}

const overRequired: Record<Rule['required'], string> = {
  fixed: "the organisation's; a repository's is a problem",
  added: "the organisation's, and those that a repository adds, where the organisation names some",
  stricter: 'of each the stricter: what shows more, or fails sooner',
  free: 'a repository says it, and nothing follows',
}

const places: Record<SettingsRule['places'], string> = {
  repository: "the repository's, else the organisation's",
  keys: "key by key: the repository's, else the organisation's",
  lower: 'key by key: the lower',
  organisation: "the organisation's; a repository's is a problem",
  both: "the organisation's, and then the repository's",
  own: 'of its own file alone: it is about the repository that the file is in',
}

const whileRequired: Record<SettingsRule['required'], string> = {
  holds: 'the same',
  told: 'the same; that a repository says it is a problem, shown on its checks',
  'not for it': "not for what is required; that goes by the organisation's",
  stricter: 'for what is required, of each the stricter',
  ignored: "the organisation's, for all routines; a repository's is a problem",
  'not false': 'the same, but a `false` is a problem and has no effect',
}

interface Schema {
  type?: string
  description?: string
  enum?: string[]
  const?: unknown
  pattern?: string
  properties?: Record<string, Schema>
  /** Of a group whose keys people choose: what each holds. `false` in groups of known keys. */
  additionalProperties?: Schema | false
  required?: string[]
  items?: Schema
  default?: unknown
  anyOf?: Schema[]
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  maxLength?: number
}

function schema(file: string): Schema {
  return JSON.parse(jsonSchemas()[file] ?? '{}')
}

function environment(): Schema {
  return z.toJSONSchema(environmentSchema, { io: 'input', target: 'draft-7' }) as Schema
}

function keys(file: string): string {
  const { properties = {}, required = [] } = schema(file)
  return rows(properties, '', required)
}

function rows(properties: Record<string, Schema>, before: string, required: string[] = []): string {
  return table(['key', 'value', 'meaning'], lines(properties, before, required))
}

function lines(properties: Record<string, Schema>, before: string, required: string[] = []): string[][] {
  return Object.entries(properties).flatMap(([name, one]) => {
    const key = `${before}${name}`
    const inList = [one.items, ...(one.items?.anyOf ?? [])]
    const groups = [one, ...(one.anyOf ?? []), ...inList].filter(part => part?.properties)
    const each = one.additionalProperties
    const own = [`\`${key}\``, kind(one), meaning(one, required.includes(name))]
    if (isTextFilter(one)) return [own]
    return [
      own,
      ...groups.flatMap(group =>
        lines(group?.properties ?? {}, `${key}${inList.includes(group) ? '[]' : ''}.`, group?.required ?? []),
      ),
      ...(each ? lines(each.properties ?? {}, `${key}.GLOB.`, each.required) : []),
    ]
  })
}

function meaning(one: Schema, required: boolean): string {
  const words = one.description ?? one.items?.description ?? ''
  return `${required ? '**Required.** ' : ''}${words}`.replaceAll('|', '\\|').trim()
}

function kind(one: Schema): string {
  if (isTextFilter(one)) return '[text filter](#text-filters)'
  if (one.anyOf) return [...new Set(one.anyOf.map(kind))].join(' or ')
  if (one.enum) return one.enum.map(value => `\`${value}\``).join(', ')
  if (one.type === 'array') return `list of ${kind(one.items ?? {})}`
  if (one.type === 'object') return 'group'
  if (one.type === 'boolean') return '`true`, `false`'
  if (one.type === 'number' || one.type === 'integer')
    return `${one.type === 'integer' ? 'whole number' : 'number'}${bounds(one)}`
  if (one.pattern === '^[a-z0-9][a-z0-9-]{0,62}$') return 'name'
  return one.maxLength ? `text, ${one.maxLength.toLocaleString('en')} characters at most` : 'text'
}

function bounds({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `, ${maximum} at most`
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${most}`
  return `${minimum === undefined ? '' : ` from ${minimum}`}${most}`
}

function isTextFilter(one: Schema): boolean {
  return one.properties?.starts_with !== undefined
}

function textFilter(): Schema {
  const found = schema('routine.schema.json').properties?.on?.properties?.pull_request?.properties?.title
  if (!found) throw new Error('The schema of routines has no text filter at on.pull_request.title.')
  return found
}

function table(head: string[], body: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...body.map(line)].join('\n')
}

if (import.meta.main)
  for (const name of generatedPages) {
    const page = fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
    writeFileSync(page, withTables(readFileSync(page, 'utf8')))
  }
