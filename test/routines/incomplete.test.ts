// Where `incomplete` comes from: the routine, what it extends, the settings; and what is said where it changes nothing.
import { expect, it } from 'vitest'
import { find, load, messages, routineFile, settingsFile } from './samples.ts'

const mine = (more = '') => routineFile('mine', `description: x\non: { pull_request: {} }${more}`)

it('is the settings’ for a routine that does not say, and else its own', () => {
  const fail = settingsFile('incomplete: fail')
  expect(find(load([mine('\nseverity: { gate: high }'), fail]), 'mine').incomplete).toBe('fail')
  expect(find(load([mine('\nincomplete: pass'), fail]), 'mine').incomplete).toBe('pass')
  expect(find(load([mine()]), 'mine').incomplete).toBeUndefined()
})

it('of a routine that the organisation requires is not the repository’s to soften', () => {
  const house = [routineFile('mine', 'description: x\non: { pull_request: {} }\nrequired: true\nincomplete: fail')]
  expect(find(load([settingsFile('incomplete: pass')], house), 'mine').incomplete).toBe('fail')
  const own = routineFile('mine', 'description: x\nextends: mine\nincomplete: pass')
  const softened = load([own], house)
  expect(find(softened, 'mine').incomplete).toBe('fail')
  expect(messages(softened).join('\n')).toContain('is fixed by the organisation')
})

it('that changes nothing is said to', () => {
  const said = (more: string) => load([mine(more)]).notes.map(note => note.message)
  expect(said('\nincomplete: fail').join()).toContain('changes nothing without a gate')
  expect(said('\nincomplete: fail\nseverity: { gate: high }')).toEqual([])
})
