// Whether a request has the shape that the SDK's own types admit, and if not, the first misfit as a sentence.
import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'

export type Shape = 'messages' | 'messages.beta' | 'count_tokens' | 'count_tokens.beta'

export function misfit(body: unknown, shape: Shape): string | undefined {
  const check = ajv.getSchema(`messages-request#/definitions/${shape}`)
  if (!check) throw new Error(`No schema for ${shape}: run node scripts/messages-schema.ts`)
  return check(body) ? undefined : sentence(check.errors ?? [])
}

const ajv = new Ajv({ strict: false, discriminator: true, allErrors: false })
ajv.addSchema(
  JSON.parse(readFileSync(new URL('../schemas/messages-request.json', import.meta.url), 'utf8')),
  'messages-request',
)

/** The deepest misfit says most: those above it are only the unions it lies in. */
function sentence(errors: ErrorObject[]): string {
  const depth = (error: ErrorObject) => error.instancePath.split('/').length
  const unions = new Set(['anyOf', 'oneOf', 'if'])
  const telling = errors.filter(error => !unions.has(error.keyword))
  const error = (telling.length ? telling : errors).reduce((deepest, next) =>
    depth(next) > depth(deepest) ? next : deepest,
  )
  const at = error.instancePath.slice(1).replaceAll('/', '.')
  const extra =
    error.keyword === 'additionalProperties' ? error.params.additionalProperty : error.params.missingProperty
  const path = [at, extra].filter(Boolean).join('.')
  if (error.keyword === 'additionalProperties') return `${path}: Extra inputs are not permitted`
  if (error.keyword === 'required') return `${path}: Field required`
  return `${path || 'body'}: Input ${error.message}`
}
