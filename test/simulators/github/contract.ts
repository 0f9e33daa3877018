// GitHub's REST description: which operation a request is, and whether request and answer keep to it.
import { readFileSync } from 'node:fs'
import { Ajv2019, type ValidateFunction } from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'
import type { Json } from './world.ts'

export interface Operation {
  id: string
  method: string
  path: string
  query: Record<string, Json>
  body?: Json
  bodyRequired?: boolean
  responses: Record<string, Json>
}

export interface Found {
  operation: Operation
  params: Record<string, string>
}

// references lead into one document that holds every schema
const text = readFileSync(new URL('../schemas/github-rest.json', import.meta.url), 'utf8')
const description = JSON.parse(text.replaceAll('"#/components/', '"github#/components/')) as {
  operations: Record<string, Omit<Operation, 'id'>>
  components: Json
}

/** GitHub's schemas are what they are, and each check is used too seldom for making it shorter to pay: that is half of compiling it. */
const once = { validateSchema: false, code: { optimize: false } }
const strictly = new Ajv2019({ strict: false, allErrors: true, logger: false, inlineRefs: false, ...once })
const leniently = new Ajv2019({ strict: false, allErrors: true, logger: false, coerceTypes: true, ...once })
for (const ajv of [strictly, leniently]) {
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'github', components: description.components })
}

const routes = Object.entries(description.operations)
  .map(([id, operation]) => ({ operation: { id, ...operation }, ...pattern(operation.path) }))
  .sort((a, b) => b.literals - a.literals)

/** A last parameter may hold slashes, as paths and references do. */
function pattern(path: string): { expression: RegExp; names: string[]; literals: number } {
  const names: string[] = []
  const last = path.endsWith('}')
  const parts = path.split(/\{(\w+)\}/)
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.]/g, '\\.')
    names.push(part)
    const greedy = last && index === parts.length - 2 && /contents|git\/|branches|commits|compare/.test(path)
    return greedy ? '(.+)' : path.includes('...') && part === 'base' ? '([^/]+?)' : '([^/]+)'
  })
  const literals = path.replace(/\{\w+\}/g, '').length
  return { expression: new RegExp(`^${source.join('')}/?$`), names, literals }
}

/** The operation a request is, with its path parameters decoded. */
export function findOperation(method: string, path: string): Found | undefined {
  const asked = path.endsWith('/contents') ? `${path}/%2F` : path // the root directory has an empty path
  for (const { operation, expression, names } of routes) {
    const match = operation.method === method && expression.exec(asked)
    if (!match) continue
    const params = Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1]!)]))
    return { operation, params }
  }
  return undefined
}

/** What is wrong with a request's query and body, in words; empty when GitHub would take it. */
export function requestProblems(operation: Operation, query: Record<string, Json>, body: Json): string[] {
  const problems = Object.keys(query)
    .filter(name => !(name in operation.query))
    .map(name => `unknown query parameter ${name}`)
  const check = compiled(leniently, `query of ${operation.id}`, () => ({ type: 'object', properties: operation.query }))
  if (!check(query)) problems.push(...words(check))
  if (!operation.body) return body === undefined ? problems : [...problems, ...(isEmpty(body) ? [] : ['takes no body'])]
  if (body === undefined)
    return operation.bodyRequired && requires(operation.body) ? [...problems, 'a body is required'] : problems
  const checkBody = compiled(strictly, `body of ${operation.id}`, () => operation.body)
  if (!checkBody(body)) problems.push(...words(checkBody))
  return problems
}

/** What is wrong with an answer of the simulator; empty when GitHub could give it. */
export function answerProblems(operation: Operation, status: number, body: Json): string[] {
  if (!(String(status) in operation.responses)) return [`${status} is no answer of ${operation.id}`]
  const schema = operation.responses[String(status)]
  if (schema === null || schema === undefined) return body === undefined ? [] : ['has a body, and GitHub sends none']
  const check = compiled(strictly, `${status} of ${operation.id}`, () => schema)
  return check(body) ? [] : words(check)
}

const compiledOnes = new Map<string, ValidateFunction>()

function compiled(ajv: Ajv2019, name: string, schema: () => Json): ValidateFunction {
  const known = compiledOnes.get(name) ?? ajv.compile(schema())
  compiledOnes.set(name, known)
  return known
}

function words(check: ValidateFunction): string[] {
  const said = (check.errors ?? []).map(error => {
    const what = error.params.additionalProperty ?? error.params.unevaluatedProperty ?? error.params.allowedValues
    return `${error.instancePath || '/'} ${error.message}${what === undefined ? '' : `: ${what}`}`
  })
  return said.slice(0, 12)
}

const isEmpty = (body: Json) => typeof body === 'object' && body !== null && Object.keys(body).length === 0
const requires = (schema: Json) => Array.isArray(schema.required) && schema.required.length > 0
