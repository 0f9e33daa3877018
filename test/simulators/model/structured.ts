// Which JSON Schemas structured outputs and strict tools do not take.
// Limits: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
import type { MessagesRequest } from './contract.ts'

/** The first thing in the request's schemas that the API would not compile, as its sentence. */
export function unsupportedSchema(request: MessagesRequest): string | undefined {
  const format = request.output_config?.format ?? request.output_format
  const strict = (request.tools ?? []).flatMap((tool, i) =>
    'strict' in tool && tool.strict && 'input_schema' in tool
      ? [[`tools.${i}.custom`, tool.input_schema] as const]
      : [],
  )
  const schemas = [...(format ? [['output_config.format.schema', format.schema] as const] : []), ...strict]
  for (const [at, schema] of schemas) {
    const problem = nodesOf(schema).map(unsupported).find(Boolean)
    if (problem) return `${at}: ${problem}`
  }
  if (strict.length > 20) return `tools: at most 20 strict tools may be provided. Found ${strict.length}.`
  const nodes = schemas.flatMap(([, schema]) => nodesOf(schema))
  const optional = nodes.reduce((sum, node) => sum + optionalIn(node), 0)
  if (optional > 24) return `Schemas contain too many optional parameters (${optional}); the limit is 24.`
  const unions = nodes.filter(node => Array.isArray(node.anyOf) || Array.isArray(node.type)).length
  return unions > 16 ? `Schemas contain too many parameters with union types (${unions}); the limit is 16.` : undefined
}

type Node = Record<string, unknown>

const unsupportedKeywords: Record<string, string[]> = {
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength'],
  array: ['maxItems', 'uniqueItems'],
}

function unsupported(node: Node): string | undefined {
  if (node.type === 'object' && node.additionalProperties !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false"
  }
  const found = (unsupportedKeywords[String(node.type)] ?? []).filter(keyword => keyword in node)
  if (found.length) return `For '${node.type}' type, properties ${found.join(', ')} are not supported`
  if (node.type === 'array' && typeof node.minItems === 'number' && node.minItems > 1) {
    return "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
  }
  return typeof node.$ref === 'string' && !node.$ref.startsWith('#') ? 'External $ref is not supported' : undefined
}

function optionalIn(node: Node): number {
  const names = Object.keys((node.properties as Node | undefined) ?? {})
  const required = Array.isArray(node.required) ? node.required : []
  return names.filter(name => !required.includes(name)).length
}

/** A schema and the schemas inside it; names of properties are not taken for keywords. */
function nodesOf(schema: unknown): Node[] {
  if (Array.isArray(schema)) return schema.flatMap(nodesOf)
  if (typeof schema !== 'object' || schema === null) return []
  const node = schema as Node
  const byName = [node.properties, node.$defs, node.definitions].flatMap(named => Object.values((named as Node) ?? {}))
  return [node, ...nodesOf(byName), ...['items', 'anyOf', 'allOf', 'oneOf'].flatMap(keyword => nodesOf(node[keyword]))]
}
