// The number of the disk that mirrors are kept on.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openWorkspaces } from '../../src/workspace/index.ts'

function newDataDir() {
  const dataDir = mkdtempSync(join(tmpdir(), 'data-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true }))
  return dataDir
}

test('all who share a disk read the same place, and it stays', async () => {
  const dataDir = newDataDir()
  const places = await Promise.all(Array.from({ length: 8 }, () => openWorkspaces({ dataDir }).place()))
  expect(new Set(places).size).toBe(1)
  expect(await openWorkspaces({ dataDir }).place()).toBe(places[0])
  expect(places[0]).toBeGreaterThan(0)
  expect(places[0]).toBeLessThan(2 ** 31)
  expect(readdirSync(join(dataDir, 'mirrors'))).toEqual(['place'])
})

test('another disk is another place', async () => {
  const [one, other] = [newDataDir(), newDataDir()].map(dataDir => openWorkspaces({ dataDir }))
  expect(await one?.place()).not.toBe(await other?.place())
})

test('a place that can not be read is drawn anew', async () => {
  const dataDir = newDataDir()
  const workspaces = openWorkspaces({ dataDir })
  await workspaces.place()
  writeFileSync(join(dataDir, 'mirrors', 'place'), '')
  expect(await workspaces.place()).toBeGreaterThan(0)
})
