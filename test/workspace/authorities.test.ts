// Whom git believes, on systems that keep their authorities in different places.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { authoritiesFor } from '../../src/workspace/authorities.ts'

let dir: string
let extra: string
let both: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'watchbill-authorities-'))
  extra = keep('ours.pem')
  both = join(dir, 'data', 'authorities.pem')
})
const keep = (name: string) => {
  writeFileSync(join(dir, name), `certificates of ${name}\n`)
  return join(dir, name)
}
const folder = (name: string, file: string) => {
  mkdirSync(join(dir, name))
  keep(join(name, file))
  return join(dir, name)
}
const nowhere = { folders: [], bundles: [] }

it('without certificates of its own git is told nothing', () => {
  expect(authoritiesFor({ SSL_CERT_FILE: extra }, both)).toEqual({})
})

it('a folder that OpenSSL can search is named beside the file, the first there is', () => {
  const places = {
    folders: [join(dir, 'absent'), folder('flat', 'ca-bundle.crt'), folder('hashed', '0a1b2c3d.0')],
    bundles: [],
  }
  expect(authoritiesFor({ NODE_EXTRA_CA_CERTS: extra }, both, places)).toEqual({
    GIT_SSL_CAINFO: extra,
    GIT_SSL_CAPATH: join(dir, 'hashed'),
  })
  const own = `${join(dir, 'flat')}:${folder('own', 'ffffffff.1')}`
  expect(authoritiesFor({ NODE_EXTRA_CA_CERTS: extra, SSL_CERT_DIR: own }, both, places).GIT_SSL_CAPATH).toBe(
    join(dir, 'own'),
  )
})

it('where there is none, as on Red Hat, one file holds the authorities of the system and the others', () => {
  const flat = folder('flat', 'ca-bundle.crt')
  const places = { folders: [flat], bundles: [join(dir, 'absent'), join(flat, 'ca-bundle.crt')] }
  const told = authoritiesFor({ NODE_EXTRA_CA_CERTS: extra }, both, places)
  expect(told).toEqual({ GIT_SSL_CAINFO: both })
  const whole = () => readFileSync(both, 'utf8')
  expect(whole()).toMatch(/certificates of flat.ca-bundle\.crt\n+certificates of ours\.pem/)
  authoritiesFor({ NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: keep('named.pem') }, both, places)
  expect(whole()).toMatch(/certificates of named\.pem\n+certificates of ours\.pem/)
  expect(readdirSync(join(dir, 'data'))).toEqual(['authorities.pem'])
})

it('where nothing of the system is found, or nothing can be written, the others are believed alone', () => {
  const given = { NODE_EXTRA_CA_CERTS: extra }
  expect(authoritiesFor(given, both, nowhere)).toEqual({ GIT_SSL_CAINFO: extra })
  expect(authoritiesFor({ ...given, SSL_CERT_FILE: extra }, join(extra, 'no', 'folder'), nowhere)).toEqual({
    GIT_SSL_CAINFO: extra,
  })
})

it("what git's own variables say goes before", () => {
  const given = { NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: keep('named.pem') }
  expect(authoritiesFor({ ...given, GIT_SSL_CAINFO: '/mine.pem' }, both, nowhere)).toEqual({})
  expect(authoritiesFor({ ...given, GIT_SSL_CAPATH: '/mine' }, both, nowhere)).toEqual({ GIT_SSL_CAINFO: extra })
})
