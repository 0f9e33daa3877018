// Who may set up: whoever types the code that the terminal shows. Sessions, forms that came from our own page, and names by which the server may be asked.
import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Context } from 'hono'

export interface Session {
  id: string
  /** Goes with every form, beside the cookie. */
  token: string
  /** As the browser reaches the server: origin and path, without a slash at the end. */
  base: string
  until: number
  /** What the person chose. */
  organisation: string
  publicUrl: string
  keep: 'file' | 'environment'
  /** Given to GitHub, and taken back once; with the choices of the page that gave it, since another tab may have made others meanwhile. */
  states: ({ state: string } & Choice)[]
}

export interface Choice {
  publicUrl: string
  keep: 'file' | 'environment'
}

/** Letters and digits that are not taken for each other. */
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Milliseconds: as long as GitHub's own code is good. */
const lasts = 3_600_000
/** Wrong codes a minute, of everybody together: at 30^12 codes nobody guesses one, and a pause costs a person less than that. Who is on this machine has tries of their own: nobody elsewhere can use them up. */
const triesAMinute = 10
/** Pages open at once, each with a state of its own. */
const statesAtMost = 20

function newCode(): string {
  const text = Array.from({ length: 12 }, () => letters[randomInt(letters.length)]).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`
}

export interface Guard {
  /** A session for the right code, which is spent by that. */
  enter(given: string, base: string, from: 'here' | 'elsewhere'): Session | 'wrong' | 'too often'
  session(id: string | undefined): Session | undefined
  newState(session: Session): string
  /** Once for each state: what was chosen when it was given. */
  takeState(session: Session, given: string): Choice | undefined
  end(session: Session): void
}

/** `tell` shows a code in the terminal: one now, and another one when it is spent. */
export function openGuard(ports: { publicUrl: string; tell: (code: string) => void; now: () => number }): Guard {
  const sessions = new Map<string, Session>()
  const wrong = { here: [] as number[], elsewhere: [] as number[] }
  let code = show()

  function show() {
    const made = newCode()
    ports.tell(made)
    return made
  }

  return {
    enter(given, base, from) {
      const at = ports.now()
      wrong[from] = wrong[from].filter(time => time > at - 60_000)
      if (wrong[from].length >= triesAMinute) return 'too often'
      if (!equal(plain(given), plain(code))) {
        wrong[from].push(at)
        return 'wrong'
      }
      code = show()
      const session: Session = {
        id: random(),
        token: random(),
        base,
        until: at + lasts,
        organisation: '',
        publicUrl: ports.publicUrl,
        keep: 'file',
        states: [],
      }
      sessions.set(session.id, session)
      return session
    },
    session(id) {
      const found = [...sessions.values()].find(one => equal(one.id, id ?? ''))
      if (found && found.until <= ports.now()) sessions.delete(found.id)
      return found && sessions.get(found.id)
    },
    newState(session) {
      const state = random()
      const { publicUrl, keep } = session
      session.states = [{ state, publicUrl, keep }, ...session.states].slice(0, statesAtMost)
      return state
    },
    takeState(session, given) {
      const known = session.states.find(one => equal(one.state, given))
      session.states = session.states.filter(one => one !== known)
      return known
    },
    end: session => void sessions.delete(session.id),
  }
}

/** In constant time, whatever the lengths. */
function equal(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}

/**
 * Where the browser is, or undefined when the server is asked by a name that is not its own: a page of somebody else whose name was made to
 * lead here (DNS rebinding) has such a name. Numbers can not be made to lead elsewhere.
 */
export function baseOf(context: Context, { publicUrl, host }: { publicUrl: string; host: string }): string | undefined {
  const asked = context.req.header('host')?.toLowerCase() ?? ''
  const outside = publicUrl === '' ? undefined : new URL(publicUrl)
  if (outside && (outside.host === asked || context.req.header('origin') === outside.origin)) return publicUrl
  const name = asked.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  if (name !== 'localhost' && name !== host.toLowerCase() && isIP(name) === 0) return undefined
  const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via'].some(
    header => context.req.header(header) !== undefined,
  )
  return outside && proxied ? publicUrl : `http://${asked}`
}

/** A form of our own page: browsers say where a form was, and none but a browser brings a cookie unasked. */
export function isOwnForm(context: Context, base: string): boolean {
  const origin = context.req.header('origin')
  if (origin !== undefined) return origin === new URL(base).origin
  const site = context.req.header('sec-fetch-site')
  return site === undefined || site === 'same-origin'
}

const random = () => randomBytes(32).toString('base64url')
const plain = (code: string) => code.toUpperCase().replaceAll(/[^0-9A-Z]/g, '')
