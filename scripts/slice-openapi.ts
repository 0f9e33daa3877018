// Slices the REST operations which the simulated GitHub serves out of GitHub's own OpenAPI description.
// usage: node scripts/slice-openapi.ts PATH/TO/api.github.com.json
// (npm install --prefix "$(mktemp -d)" @octokit/openapi@23.0.2 brings the file, under generated/; it is too big to depend on)
import { readFileSync, writeFileSync } from 'node:fs'

type Json = Record<string, unknown>
interface Operation {
  method: string
  path: string
  query: Record<string, unknown>
  body?: unknown
  bodyRequired?: boolean
  responses: Record<string, unknown>
}

const operationIds = `
apps/create-from-manifest apps/create-installation-access-token apps/get-authenticated apps/get-by-slug
apps/get-installation apps/get-org-installation apps/get-repo-installation apps/get-user-installation
apps/get-webhook-config-for-app apps/get-webhook-delivery apps/list-installation-repos-for-authenticated-user
apps/list-installations apps/list-installations-for-authenticated-user apps/list-repos-accessible-to-installation
apps/list-webhook-deliveries apps/redeliver-webhook-delivery apps/revoke-installation-access-token
apps/update-webhook-config-for-app
actions/download-job-logs-for-workflow-run actions/get-workflow-run actions/list-jobs-for-workflow-run
actions/list-workflow-runs-for-repo
checks/create checks/create-suite checks/get checks/get-suite checks/list-annotations checks/list-for-ref
checks/list-for-suite checks/list-suites-for-ref checks/rerequest-run checks/update
code-scanning/list-alerts-for-repo code-scanning/upload-sarif
dependabot/list-alerts-for-repo secret-scanning/list-alerts-for-repo
git/create-blob git/create-commit git/create-ref git/create-tree git/delete-ref git/get-blob git/get-commit git/get-ref
git/get-tree git/list-matching-refs git/update-ref
issues/add-labels issues/create issues/create-comment issues/create-label issues/delete-comment issues/get
issues/get-comment issues/get-label issues/list-comments issues/list-for-repo issues/list-labels-for-repo
issues/list-labels-on-issue issues/remove-label issues/set-labels issues/update issues/update-comment
meta/get orgs/get orgs/list-members
pulls/create pulls/create-reply-for-review-comment pulls/create-review pulls/create-review-comment
pulls/delete-pending-review pulls/delete-review-comment pulls/dismiss-review pulls/get pulls/get-review
pulls/get-review-comment pulls/list pulls/list-comments-for-review pulls/list-commits pulls/list-files
pulls/list-review-comments pulls/list-review-comments-for-repo pulls/list-reviews pulls/merge pulls/submit-review
pulls/update pulls/update-review pulls/update-review-comment
rate-limit/get
reactions/create-for-issue reactions/create-for-issue-comment reactions/create-for-pull-request-review-comment
reactions/delete-for-issue reactions/delete-for-issue-comment reactions/delete-for-pull-request-comment
reactions/list-for-issue reactions/list-for-issue-comment reactions/list-for-pull-request-review-comment
repos/compare-commits repos/create-or-update-file-contents repos/get repos/get-branch
repos/get-branch-rules repos/get-collaborator-permission-level repos/get-commit repos/get-content
repos/list-branches repos/list-collaborators repos/list-commits repos/list-for-org repos/list-for-user
repos/get-deployment repos/list-deployment-statuses
repos/list-deployments repos/list-languages repos/list-pull-requests-associated-with-commit
search/issues-and-pull-requests
teams/get-by-name
users/get-authenticated users/get-by-username
`
  .trim()
  .split(/\s+/)

const prose = new Set(['description', 'example', 'examples', 'externalDocs', 'title', 'deprecated', 'discriminator'])

const source = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Json & {
  paths: Record<string, Record<string, Json>>
}
const wanted = new Set(operationIds)
const operations: Record<string, Operation> = {}
const schemas: Record<string, unknown> = {}

for (const [path, methods] of Object.entries(source.paths))
  for (const [method, operation] of Object.entries(methods)) {
    const id = operation.operationId as string
    if (wanted.delete(id)) operations[id] = slice(path, method, operation)
  }
// the one answer that the description spells out by hand, with an account that is a user and an enterprise at once
const listed = { type: 'array', items: { $ref: '#/components/schemas/installation' } }
operations['apps/list-installations']!.responses['200'] = clean(listed)

// GitHub says null for the line of an outdated comment and of one on a whole file, which its description forgets
const comment = schemas['pull-request-review-comment'] as { properties: Record<string, Json> }
for (const name of ['line', 'original_line', 'position', 'original_position'])
  comment.properties[name] = { type: ['integer', 'null'] }

// nor does it remember, in lists of pulls, that a label may be without a description
const simple = schemas['pull-request-simple'] as { properties: { labels: { items: { properties: Json } } } }
simple.properties.labels.items.properties.description = { type: ['string', 'null'] }

if (wanted.size) throw new Error(`not in the description: ${[...wanted].join(', ')}`)

const target = new URL('../test/simulators/schemas/github-rest.json', import.meta.url)
const sorted = Object.fromEntries(Object.entries(operations).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(target, `${JSON.stringify({ operations: sorted, components: { schemas } })}\n`)

function slice(path: string, method: string, operation: Json): Operation {
  const parameters = ((operation.parameters ?? []) as Json[]).map(resolve)
  const responses = Object.entries((operation.responses ?? {}) as Record<string, Json>)
    .filter(([status]) => status.startsWith('2'))
    .map(([status, response]) => [status, schemaOf(resolve(response)) ?? null] as const)
  const request = operation.requestBody ? resolve(operation.requestBody as Json) : undefined
  const body = request && schemaOf(request)
  return {
    method: method.toUpperCase(),
    path,
    query: Object.fromEntries(parameters.filter(p => p.in === 'query').map(p => [p.name, clean(p.schema)])),
    ...(body ? { body: close(body), bodyRequired: request.required === true } : {}),
    responses: Object.fromEntries(responses),
  }
}

function resolve(node: Json): Json {
  return typeof node.$ref === 'string' ? (at(node.$ref) as Json) : node
}

function at(ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((node, key) => (node as Json)[key], source)
}

function schemaOf(node: Json): unknown {
  const content = node.content as Record<string, Json> | undefined
  const json = content?.['application/json'] ?? Object.values(content ?? {})[0]
  return json?.schema && clean(json.schema)
}

/** Drops prose, turns OpenAPI 3.0's `nullable` into JSON Schema, and takes along what it refers to. */
function clean(node: unknown, names = false): unknown {
  if (Array.isArray(node)) return node.map(item => clean(item))
  if (!node || typeof node !== 'object') return node
  const { nullable, ...rest } = node as Json
  const result: Json = {}
  for (const [key, value] of Object.entries(rest)) {
    if (!names && (prose.has(key) || key.startsWith('x-'))) continue
    if (!names && (key === 'default' || key === 'enum')) result[key] = value
    else result[key] = clean(value, !names && key === 'properties')
  }
  if (typeof result.$ref === 'string' && !names) take(result.$ref)
  if (names || nullable !== true)
    return names && nullable !== undefined ? { ...result, nullable: clean(nullable) } : result
  if (result.$ref || !result.type) return { anyOf: [result, { type: 'null' }] }
  if (Array.isArray(result.enum) && !result.enum.includes(null)) result.enum = [...result.enum, null]
  return { ...result, type: [...[result.type].flat(), 'null'] }
}

function take(ref: string) {
  const name = ref.replace('#/components/schemas/', '')
  if (name in schemas) return
  schemas[name] = true
  schemas[name] = clean(at(ref))
}

/** A misspelt key in a request is ignored by GitHub and a bug for us: every object of a request body is closed. */
function close(node: unknown): unknown {
  if (!node || typeof node !== 'object') return node
  const schema = { ...(node as Json) }
  const combined = ['allOf', 'anyOf', 'oneOf'].some(key => key in schema)
  if (schema.properties) {
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties as Json).map(([name, property]) => [name, close(property)]),
    )
    if (combined) schema.unevaluatedProperties = false
    else if (typeof schema.additionalProperties !== 'object') schema.additionalProperties = false
  }
  if (schema.items) schema.items = close(schema.items)
  if (!schema.properties)
    for (const key of ['anyOf', 'oneOf'])
      if (Array.isArray(schema[key])) schema[key] = (schema[key] as unknown[]).map(close)
  return schema
}
