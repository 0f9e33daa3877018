// What `watchbill doctor` says of what is around the program: models, ways out and in, certificates, disk.
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { connect } from 'node:net'
import { reachModels } from '../claude/index.ts'
import type { Settings } from '../settings.ts'
import { type Line, ok, unknown, wrong } from './doctor-line.ts'

/** Milliseconds that each answer may take. */
const patience = 5_000
/** Of the disk that mirrors and the embedded database are on. */
const leastFree = { bytes: 1_000_000_000, share: 0.05 }

export type Outside = Pick<Settings, 'anthropic' | 'models' | 'proxy' | 'publicUrl' | 'dataDir'>

export async function examineOutside(settings: Outside): Promise<Line[]> {
  const lines = await Promise.all([
    examineModels(settings),
    examineProxy(settings),
    examineCertificates(settings),
    examinePublicUrl(settings),
    examineDisk(settings),
  ])
  return lines.flat()
}

export async function examineModels({ anthropic, models }: Outside): Promise<Line[]> {
  // Its own line says so.
  if (!anthropic.apiKey) return []
  const reached = await reachModels({ ...anthropic, models })
  const failed = reached.filter(({ problem }) => problem !== undefined)
  if (failed.length === 0) return [ok('models', `${reached.map(({ model }) => model).join(', ')} answer`)]
  const tierOf = (model: string) =>
    Object.entries(models)
      .filter(([, name]) => name === model)
      .map(([tier]) => `WATCHBILL_MODEL_${tier.toUpperCase()}`)
      .join(', ')
  const says = failed.map(
    ({ model, problem }) =>
      `${model} (${tierOf(model)}) can not be asked: ${problem} See ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL and that variable.`,
  )
  return [wrong('models', says.join('\n'))]
}

export async function examineProxy({ proxy }: Outside): Promise<Line> {
  const set = Object.entries(proxy).filter(([name, value]) => /^https?_proxy$/i.test(name) && value !== '')
  if (set.length === 0) return ok('proxy', 'none is set')
  const problems = await Promise.all(
    set.map(async ([name, value]) => {
      if (!URL.canParse(value)) return `${name} is no URL: it has the form http://HOST:PORT.`
      const { hostname, port, protocol } = new URL(value)
      const reached = await reaches(hostname, Number(port) || (protocol === 'https:' ? 443 : 80))
      return reached ? undefined : `${name} names ${hostname}, where nobody answers: correct it, or see that it runs.`
    }),
  )
  const said = problems.filter(problem => problem !== undefined)
  return said.length === 0
    ? ok('proxy', `${set.map(([name]) => name).join(', ')}: it answers`)
    : wrong('proxy', said.join('\n'))
}

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: patience })
    const end = (reached: boolean) => {
      socket.destroy()
      resolve(reached)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

/** Node itself only warns of a file that it can not use: https://nodejs.org/api/cli.html#node_extra_ca_certsfile */
export function examineCertificates({ proxy }: Outside): Line {
  const path = proxy.NODE_EXTRA_CA_CERTS
  if (path === undefined) return ok('certificates', "the system's and Node's own")
  try {
    const found = readFileSync(path, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    if (found.length === 0)
      return wrong(
        'certificates',
        'NODE_EXTRA_CA_CERTS names a file without a certificate in PEM form: give one that has them.',
      )
    const over = found.map(text => new X509Certificate(text)).filter(one => one.validToDate.getTime() < Date.now())
    if (over.length === found.length)
      return wrong(
        'certificates',
        'Every certificate in the file that NODE_EXTRA_CA_CERTS names is past its date: put the present ones there.',
      )
    return ok('certificates', `${found.length} more from NODE_EXTRA_CA_CERTS`)
  } catch {
    return wrong(
      'certificates',
      'NODE_EXTRA_CA_CERTS names a file that can not be read, or holds what is no certificate: correct the path or the file.',
    )
  }
}

export async function examinePublicUrl({ publicUrl }: Outside): Promise<Line> {
  const about = 'way in'
  if (publicUrl === undefined) return unknown(about, 'PUBLIC_URL is not set, so it could not be tried.')
  const address = `${publicUrl}/healthz`
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(patience), redirect: 'error' })
    const body = (await answer.json().catch(() => undefined)) as { status?: unknown } | undefined
    if (answer.ok && body?.status === 'ok') return ok(about, `${address} answers`)
    return wrong(
      about,
      `${address} is answered by something else (${answer.status}): see that PUBLIC_URL and the proxy in front lead to this server.`,
    )
  } catch {
    return wrong(
      about,
      `${address} does not answer from here: see PUBLIC_URL, its certificate, and the proxy or tunnel in front.`,
    )
  }
}

export async function examineDisk({ dataDir }: Pick<Outside, 'dataDir'>): Promise<Line> {
  if (!existsSync(dataDir)) return unknown('disk', `${dataDir} (WATCHBILL_DATA) is not there yet.`)
  const { bavail, blocks, bsize } = await statfs(dataDir)
  return sayDisk(dataDir, bavail * bsize, blocks * bsize)
}

/** Bytes. */
export function sayDisk(dataDir: string, free: number, whole: number): Line {
  const left = `${(free / 1e9).toFixed(1)} GB of ${(whole / 1e9).toFixed(1)} GB`
  if (free >= leastFree.bytes && free >= whole * Math.min(leastFree.share, (20 * leastFree.bytes) / whole))
    return ok('disk', `${left} are free`)
  return wrong(
    'disk',
    `Only ${left} are free where WATCHBILL_DATA is (${dataDir}): mirrors take up to 20 GB; make room, or move it.`,
  )
}
