// The JSON Schemas that editors use: no drift from zod, and the same verdict on the files that ship.
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { folder, jsonSchemas } from '../../scripts/json-schema.ts'
import { readBuiltIns } from '../../src/builtins.ts'

const schemas = jsonSchemas()
const validator = (name: string) => new Ajv({ strict: false }).compile(JSON.parse(schemas[name] ?? ''))
const front = (text: string) => parse(text.split(/^---$/m)[1] ?? '')

describe('schemas/', () => {
  it.each(Object.keys(schemas))('%s is what `node scripts/json-schema.ts` writes', name => {
    expect(readFileSync(folder + name, 'utf8')).toBe(schemas[name])
  })

  it('take what ships', () => {
    for (const { path, text } of readBuiltIns()) {
      const valid = validator(path.includes('/agents/') ? 'agent.schema.json' : 'routine.schema.json')
      expect([path, valid(front(text)), valid.errors]).toEqual([path, true, null])
    }
  })

  it('refuse unknown keys and values', () => {
    expect(validator('routine.schema.json')({ description: 'x', agnets: [] })).toBe(false)
    expect(validator('routine.schema.json')({ description: 'x', model: 'fsat' })).toBe(false)
    expect(validator('watchbill.schema.json')({ enabled: 'yes' })).toBe(false)
    expect(validator('watchbill.schema.json')({})).toBe(true)
  })
})
