// The JSON Schemas that editors use: no drift from zod, and the same verdict on the files that ship.
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { folder, jsonSchemas } from '../../scripts/json-schema.ts'
import { readBuiltIns } from '../../src/builtins.ts'
import { complaintsAboutRoutine } from '../../src/routines/sense.ts'

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

  it.each(Object.keys(schemas))(
    '%s describes every key, with its default and an example where they are not plain',
    name => {
      const described = keysOf(JSON.parse(schemas[name] ?? ''), '')
      expect(described.length).toBeGreaterThan(5)
      expect(described.filter(key => (key.description ?? '').length < 15)).toEqual([])
      for (const { key, description = '', schema } of described) {
        if (schema.default !== undefined && JSON.stringify(schema.default) !== '{}')
          expect([key, description]).toEqual([key, expect.stringMatching(/Default|unless|default/)])
        const plain = schema.type === 'boolean' || schema.enum !== undefined
        if (!plain) expect([key, description]).toEqual([key, expect.stringMatching(/`.+`/)])
      }
    },
  )

  it('name in examples only what they take themselves', () => {
    const read = (description: string, key: string) =>
      [...description.matchAll(/Examples?: (.*?)(?:\.|$)(?= |$)/g)].flatMap(([, list = '']) =>
        [...list.matchAll(/`([^`]+)`/g)].map(([, example = '']) => ({ key, example })),
      )
    const settings = keysOf(JSON.parse(schemas['watchbill.schema.json'] ?? ''), '').filter(
      ({ key }) => !key.includes('.'),
    )
    const examples = settings.flatMap(({ key, description = '' }) => read(description, key))
    expect(examples.length).toBeGreaterThan(6)
    const settingsAre = validator('watchbill.schema.json')
    for (const { key, example } of examples)
      expect([key, example, settingsAre(parse(example)), settingsAre.errors]).toEqual([key, example, true, null])

    const routine = keysOf(JSON.parse(schemas['routine.schema.json'] ?? ''), '').filter(({ key }) => !key.includes('.'))
    const ofRoutine = routine.flatMap(({ key, description = '' }) => read(description, key))
    expect(ofRoutine.length).toBeGreaterThan(15)
    const routineIs = validator('routine.schema.json')
    for (const { key, example } of ofRoutine.filter(one => !one.example.includes('…'))) {
      const value = { description: 'x', ...parse(example) }
      expect([key, example, routineIs(value), routineIs.errors]).toEqual([key, example, true, null])
      expect(complaintsAboutRoutine(value)).toEqual([])
    }
  })

  it('refuse unknown keys and values', () => {
    expect(validator('routine.schema.json')({ description: 'x', agnets: [] })).toBe(false)
    expect(validator('routine.schema.json')({ description: 'x', model: 'fsat' })).toBe(false)
    expect(validator('watchbill.schema.json')({ enabled: 'yes' })).toBe(false)
    expect(validator('watchbill.schema.json')({})).toBe(true)
  })
})

interface Node {
  type?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  properties?: Record<string, Node>
  additionalProperties?: Node | boolean
  items?: Node
  anyOf?: Node[]
}

/** Every key that can be written, with what an editor shows of it. */
function keysOf(node: Node, before: string): { key: string; description?: string; schema: Node }[] {
  const inside = [node.items, ...(node.anyOf ?? [])].flatMap(part => (part ? keysOf(part, before) : []))
  const each = typeof node.additionalProperties === 'object' ? keysOf(node.additionalProperties, `${before}*.`) : []
  const own = Object.entries(node.properties ?? {}).flatMap(([name, schema]) => {
    const { description } = schema
    return [
      { key: `${before}${name}`, schema, ...(description === undefined ? {} : { description }) },
      ...keysOf(schema, `${before}${name}.`),
    ]
  })
  return [...own, ...inside, ...each]
}
