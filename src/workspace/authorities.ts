// Whom git believes beside the system's authorities: it does not know Node's variable, and given a file of its own it forgets the system's.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Where systems keep their authorities, beside what SSL_CERT_DIR and SSL_CERT_FILE name. */
const usual = {
  folders: ['/etc/ssl/certs', '/etc/pki/tls/certs', '/etc/pki/ca-trust/extracted/pem/directory-hash'],
  bundles: [
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/ssl/cert.pem',
  ],
}

/**
 * What git is told of certificates: by the folder of the system's authorities where it is one that OpenSSL can search (https://docs.openssl.org/master/man1/openssl-rehash/), else by one
 * file with the system's and the others, written to `both`. What git's own variables say goes before.
 */
export function authoritiesFor(
  environment: Record<string, string>,
  both: string,
  places = usual,
): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS: extra, GIT_SSL_CAINFO, GIT_SSL_CAPATH, SSL_CERT_DIR = '', SSL_CERT_FILE } = environment
  if (!extra || GIT_SSL_CAINFO) return {}
  if (GIT_SSL_CAPATH) return { GIT_SSL_CAINFO: extra }
  const folder = [...SSL_CERT_DIR.split(':').filter(Boolean), ...places.folders].find(isSearchable)
  if (folder) return { GIT_SSL_CAINFO: extra, GIT_SSL_CAPATH: folder }
  const bundle = [...(SSL_CERT_FILE ? [SSL_CERT_FILE] : []), ...places.bundles].find(path => existsSync(path))
  return { GIT_SSL_CAINFO: bundle && joined([bundle, extra], both) ? both : extra }
}

/** Its files are called by hashes. */
function isSearchable(folder: string): boolean {
  try {
    return readdirSync(folder).some(name => /^[0-9a-f]{8}\.\d+$/.test(name))
  } catch {
    return false
  }
}

/** False where it can not be written; then git believes the others alone. */
function joined(paths: string[], both: string): boolean {
  const part = `${both}.${process.pid}`
  try {
    mkdirSync(dirname(both), { recursive: true, mode: 0o700 })
    writeFileSync(part, paths.map(path => `${readFileSync(path, 'utf8')}\n`).join(''), { mode: 0o600 })
    renameSync(part, both)
    return true
  } catch {
    if (existsSync(part)) rmSync(part)
    return false
  }
}
