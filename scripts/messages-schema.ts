// Writes test/simulators/schemas/messages-request.json: what the SDK's own types admit as bodies of the Messages API.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createGenerator, type Schema } from 'ts-json-schema-generator'

const sdk = new URL('../node_modules/@anthropic-ai/sdk/', import.meta.url)
const target = new URL('../test/simulators/schemas/messages-request.json', import.meta.url)

const roots = {
  messages: ['resources/messages/messages.d.ts', 'MessageCreateParamsBase'],
  'messages.beta': ['resources/beta/messages/messages.d.ts', 'MessageCreateParamsBase'],
  count_tokens: ['resources/messages/messages.d.ts', 'MessageCountTokensParams'],
  'count_tokens.beta': ['resources/beta/messages/messages.d.ts', 'MessageCountTokensParams'],
}

/** Parameters that the SDK sends as headers. */
const headers = ['betas', 'user_profile_id', 'workspace_id']

const definitions: Record<string, Schema> = {}
for (const [name, [path, type]] of Object.entries(roots)) {
  const schema = createGenerator({
    path: fileURLToPath(new URL(path!, sdk)),
    type: type!,
    skipTypeCheck: true,
    additionalProperties: false,
    topRef: false,
    jsDoc: 'none',
  }).createSchema(type)
  const { definitions: parts = {}, ...root } = schema
  for (const header of headers) delete root.properties?.[header]
  definitions[name] = { ...root, $schema: undefined }
  for (const [part, value] of Object.entries(parts)) {
    const known = definitions[part]
    if (known && JSON.stringify(known) !== JSON.stringify(value))
      throw new Error(`Two different types are called ${part}.`)
    definitions[part] = value as Schema
  }
}

for (const [name, schema] of Object.entries(definitions)) definitions[name] = tidy(schema) as Schema

const { version } = JSON.parse(readFileSync(new URL('package.json', sdk), 'utf8'))
writeFileSync(
  target,
  JSON.stringify({
    $comment: `From the types of @anthropic-ai/sdk ${version}, by scripts/messages-schema.ts`,
    definitions,
  }) + '\n',
)

/** Unions of objects told apart by `type` are marked so: a misfit is then named in the branch that was meant. */
function tidy(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tidy)
  if (typeof schema !== 'object' || schema === null) return schema
  const tidied = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, tidy(value)])) as Schema
  const branches = tidied.anyOf
  if (!branches || !toldApart(branches as Schema[])) return tidied
  const { anyOf, ...rest } = tidied
  return { ...rest, type: 'object', required: ['type'], discriminator: { propertyName: 'type' }, oneOf: anyOf }
}

function toldApart(branches: Schema[]): boolean {
  const types = branches.map(branch => {
    const object = branch.$ref ? definitions[decodeURIComponent(branch.$ref.replace('#/definitions/', ''))] : branch
    const type = object?.required?.includes('type') ? object.properties?.type : undefined
    return typeof type === 'object' ? type.const : undefined
  })
  return types.every(type => typeof type === 'string') && new Set(types).size === types.length
}
