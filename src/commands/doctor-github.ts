// What `watchbill doctor` learns from GitHub: whether it knows the App, what the App may do and hears, where deliveries go, and what time it is.
import type { Host, Ourselves } from '../domain/host.ts'
import { webhookPath } from '../domain/made-app.ts'
import { asProblem } from '../domain/problem.ts'
import { readAppFile } from './app-file.ts'
import { type Line, ok, unknown, wrong } from './doctor-line.ts'

/** Seconds. GitHub takes a token of the App that is at most ten minutes old and not from the future; Octokit dates it half a minute back. */
const askewAtMost = 30

export async function examineGitHub(
  host: Pick<Host, 'ourselves'>,
  publicUrl: string | undefined,
): Promise<{ lines: Line[]; installations?: number | undefined }> {
  let own: Ourselves
  try {
    own = await host.ourselves()
  } catch (thrown) {
    const { message } = asProblem(thrown)
    return { lines: [wrong('GitHub', `${message} See GHE_HOST, HTTPS_PROXY and the way out of this machine.`)] }
  }
  const places = own.installations === 1 ? 'one place' : `${own.installations ?? 'an unknown number of'} places`
  const lines = [
    ok('GitHub', `it answers, and knows the App as ${own.slug}, installed in ${places}`),
    sayGranted(own),
    sayWebhook(own, publicUrl),
    sayTime(own),
  ]
  return { lines, installations: own.installations }
}

/** Held against what everything that is on without configuration needs. */
function sayGranted({ permissions, events, pages }: Ourselves): Line {
  const { default_permissions: needed, default_events: heard } = readAppFile()
  const lacking = Object.entries(needed)
    .filter(([name, level]) => permissions[name] !== level && permissions[name] !== 'write')
    .map(([name, level]) => `the permission ${name}: ${level}`)
  const unheard = heard.filter(name => !events.includes(name)).map(name => `the event ${name}`)
  const missing = [...lacking, ...unheard]
  if (missing.length === 0) return ok('permissions', 'the App asks for all that reviews need')
  return wrong(
    'permissions',
    `The App lacks ${missing.join(', ')}: add it at ${pages.permissions}; whoever installed the App then accepts it.`,
  )
}

function sayWebhook({ hookUrl, pages }: Ourselves, publicUrl: string | undefined): Line {
  if (hookUrl === undefined)
    return wrong('webhook', `The App has no webhook address, so no delivery comes: set it at ${pages.app}.`)
  if (publicUrl === undefined) return ok('webhook', `deliveries go to ${hookUrl}`)
  const wanted = `${publicUrl}${webhookPath}`
  if (hookUrl === wanted) return ok('webhook', `deliveries go to ${hookUrl}`)
  return wrong(
    'webhook',
    `GitHub delivers to ${hookUrl}, and PUBLIC_URL says ${wanted}: correct the one at ${pages.app}, or the other.`,
  )
}

function sayTime({ aheadSeconds }: Ourselves): Line {
  if (aheadSeconds === undefined) return unknown('time', 'GitHub did not say what time it is.')
  const off = Math.abs(aheadSeconds)
  if (off <= askewAtMost) return ok('time', "this machine's clock goes with GitHub's")
  return wrong(
    'time',
    `This machine's clock is ${off} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} GitHub's, which then refuses the App's tokens: have it set by NTP.`,
  )
}
