// What set-up tells a person who is about to go wrong: a key that is missing, an address that is only an example, a browser that is closed too early.
import { expect, it } from 'vitest'
import { back, github, inside, logged, open, useStage, web } from './stage.ts'
import { pressCreate } from './visitor.ts'

useStage()

async function made(environment: Record<string, string>) {
  await web.stop()
  await open(environment)
  const visitor = await inside()
  const way = await pressCreate((await visitor.get('/')).text)
  await visitor.get(back(way))
  return visitor.get('/set-up/done')
}

it.each<[string, Record<string, string>, boolean]>([
  ['says that nobody gave the model’s key', {}, true],
  ['says nothing of a key that was given', { ANTHROPIC_API_KEY: 'sk-ant-own' }, false],
])('the last page %s', async (_, environment, missing) => {
  const { status, text } = await made(environment)
  expect([status, text.includes('Set <code>ANTHROPIC_API_KEY</code>')]).toEqual([200, missing])
})

it('the log says where the App is installed, for who has closed the browser', async () => {
  await made({})
  expect(logged.join('\n')).toContain(`Install it: ${github.url}/apps/watchbill/installations/new`)
})

it('the address of the documents is not taken for an own one', async () => {
  const warned = async (PUBLIC_URL: string) => {
    await web.stop()
    await open({ PUBLIC_URL })
    return (await (await inside()).get('/')).text.includes('is the address in the documents’ example')
  }
  expect(await warned('https://watchbill.example.com')).toBe(true)
  expect(await warned('https://watchbill.example.company')).toBe(false)
})
