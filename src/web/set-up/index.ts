// Set-up in the browser: the terminal's code, one button to GitHub and back, a test delivery that really came; closed for good by the App that it made.
import type { Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { type AppFile, manifestOf, webhookPath } from '../../domain/made-app.ts'
import { asProblem } from '../../domain/problem.ts'
import { isLocal } from '../local.ts'
import { isAddress, readForm } from './fields.ts'
import { show } from './frame.ts'
import { baseOf, type Choice, isOwnForm, openGuard, type Session } from './guard.ts'
import {
  appPage,
  codePage,
  type Delivered,
  donePage,
  installedPage,
  messagePage,
  pathOf,
  troublePage,
} from './pages.ts'

export interface SetUpPorts {
  /** GitHub's own address. */
  github: string
  /** Empty: unknown as yet. */
  publicUrl: string
  /** On which the server listens. */
  host: string
  file: AppFile
  /** Shows the code in the terminal. */
  tell: (code: string) => void
  now: () => Date
  log: (line: object, sentence: string) => void
  /** The App of GitHub's code: kept where the person wanted it, and taken up. Problems as in `makeApp` and `keepApp`: then there is none. `environment` where it is not kept. */
  make(code: string, choice: Choice): Promise<Made>
  /** Of the App that was made. */
  delivered(): Promise<Delivered>
  deliverAgain(): Promise<void>
}

interface Made {
  environment?: string | undefined
  /** Why the App, which is made, could not be taken up. */
  trouble?: string | undefined
}

export interface SetUp {
  /** Mounts its addresses, before the App is made and after. */
  mount(app: Hono): void
  /** Ends sessions and forgets what was to be shown once. */
  close(): void
}

const cookie = 'watchbill-set-up'
const notOurs = 'This form was not sent by a page of set-up, so nothing was done.'
const closed =
  'A GitHub App exists already, so set-up is closed for good. To use another one, see “Change the App” in the documents.'

/** The page after an installation; it tells nothing. */
export function installed(app: Hono): void {
  app.get('/installed', context => show(context, installedPage))
}

export function openSetUp(ports: SetUpPorts): SetUp {
  let state: 'open' | 'making' | 'made' | 'closed' = 'open'
  let maker: Session | undefined
  let result: Made = {}
  const guard = openGuard({
    publicUrl: ports.publicUrl,
    tell: code => state === 'open' && ports.tell(code),
    now: () => ports.now().getTime(),
  })

  /** What is asked for by a name of ours. */
  const here =
    (answer: (context: Context, base: string) => Promise<Response> | Response) =>
    (context: Context): Promise<Response> | Response => {
      const base = baseOf(context, ports)
      if (base) return answer(context, base)
      ports.log({ warning: 'set-up' }, 'Set-up was asked for by a name that is not this server’s, and refused.')
      return context.text(
        'This server does not go by that name. Open it as localhost, by its number, or at PUBLIC_URL; set PUBLIC_URL if that is the name that you used.\n',
        421,
      )
    }
  const sessionOf = (context: Context) => guard.session(getCookie(context, cookie))
  const refuse = (context: Context, base: string, status: number, sentence: string) => {
    ports.log({ warning: 'set-up', status }, sentence)
    return show(context, messagePage('That did not work', sentence, base, status))
  }

  /** What only the browser that made the App may do. */
  const byMaker = (answer: Answer) =>
    form((context, session, given) =>
      session === maker
        ? answer(context, session, given)
        : refuse(context, session.base, 409, state === 'open' ? 'No App was made yet.' : closed),
    )

  type Answer = (context: Context, session: Session, form: Record<string, string>) => Promise<Response> | Response

  /** For who has a session; `otherwise` is said to everybody else. */
  const inSession = (
    otherwise: string,
    answer: (context: Context, session: Session, base: string) => Promise<Response>,
  ) =>
    here((context, base) => {
      const session = sessionOf(context)
      return session ? answer(context, session, base) : refuse(context, base, 403, otherwise)
    })

  /** The same, by a form of our own. */
  const form = (answer: Answer) =>
    inSession(
      'This browser has no set-up open, or it is older than an hour: begin with the code.',
      async (context, session, base) => {
        const given = await readForm(context)
        return isOwnForm(context, session.base) && given.token === session.token
          ? answer(context, session, given)
          : refuse(context, base, 403, notOurs)
      },
    )

  const offer = (context: Context, session: Session, complaint?: string) => {
    const { organisation, publicUrl, base } = session
    const account = organisation === '' ? '' : `/organizations/${encodeURIComponent(organisation)}`
    const action = `${ports.github}${account}/settings/apps/new?state=${guard.newState(session)}`
    const manifest = publicUrl === '' ? '' : JSON.stringify(manifestOf(ports.file, publicUrl, `${base}/set-up/made`))
    return show(context, appPage({ session, action, manifest, github: ports.github, file: ports.file, complaint }))
  }

  const askForCode = (context: Context, base: string, complaint?: string) =>
    show(context, codePage(base, `${ports.publicUrl || 'https://YOUR-HOST'}${webhookPath}`, complaint))

  function first(context: Context, base: string) {
    if (state !== 'open') return refuse(context, base, 409, closed)
    const session = sessionOf(context)
    return session ? offer(context, session) : askForCode(context, base)
  }

  async function enter(context: Context, base: string) {
    if (state !== 'open') return refuse(context, base, 409, closed)
    if (!isOwnForm(context, base)) return refuse(context, base, 403, notOurs)
    const entered = guard.enter((await readForm(context)).code ?? '', base, isLocal(context) ? 'here' : 'elsewhere')
    if (entered === 'too often') {
      context.header('retry-after', '60')
      return refuse(context, base, 429, 'Too many wrong codes; wait a minute, then enter the one in the terminal.')
    }
    if (entered === 'wrong') {
      ports.log({ warning: 'set-up' }, 'A wrong set-up code was entered.')
      return askForCode(context, base, 'That is not the code that the terminal shows last.')
    }
    setCookie(context, cookie, entered.id, {
      httpOnly: true,
      // GitHub leads back here, and Strict would withhold it then.
      sameSite: 'Lax',
      secure: base.startsWith('https:'),
      path: pathOf(base) || '/',
      maxAge: 3_600,
    })
    return context.redirect(`${pathOf(base)}/`, 303)
  }

  function choose(context: Context, session: Session, given: Record<string, string>) {
    const { organisation = '', keep } = given
    const publicUrl = (given.publicUrl ?? '').trim().replace(/\/+$/, '')
    if (!/^[\w-]{0,39}$/.test(organisation.trim()))
      return offer(context, session, 'An organisation’s name has letters, digits and hyphens.')
    if (!isAddress(publicUrl))
      return offer(
        context,
        session,
        'The address has to begin with https:// or http://, without a password, question mark or #.',
      )
    Object.assign(session, {
      organisation: organisation.trim(),
      publicUrl,
      keep: keep === 'environment' ? keep : 'file',
    })
    return context.redirect(`${pathOf(session.base)}/`, 303)
  }

  async function made(context: Context, session: Session, base: string) {
    if (state !== 'open')
      return refuse(context, base, 409, `${closed} If GitHub has just made one more, delete it there.`)
    const { state: given = '', code = '' } = context.req.query()
    const choice = guard.takeState(session, given)
    if (!choice)
      return refuse(
        context,
        base,
        403,
        'GitHub was not asked for this App by this browser, or it was taken already; nothing was done.',
      )
    if (!/^[\w-]{1,100}$/.test(code))
      return refuse(context, base, 400, 'GitHub sent no code that makes an App; begin again.')
    state = 'making'
    Object.assign(session, choice)
    try {
      result = await ports.make(code, choice)
      state = 'made'
      maker = session
    } catch (thrown) {
      state = 'open'
      const problem = asProblem(thrown)
      if (problem.cause) ports.log({ cause: String(problem.cause) }, 'set-up failed')
      return refuse(context, base, problem.code === 'conflict' ? 409 : 502, problem.message)
    }
    return context.redirect(`${pathOf(base)}/set-up/done`, 303)
  }

  async function done(context: Context, base: string) {
    const session = sessionOf(context)
    if (!session || session !== maker)
      return refuse(context, base, 403, state === 'open' ? 'No App was made yet.' : closed)
    if (result.trouble !== undefined) return show(context, troublePage(session, result.trouble, result.environment))
    return show(context, donePage(session, await ports.delivered(), result.environment))
  }

  function close() {
    state = 'closed'
    maker = undefined
    result = {}
  }

  return {
    mount(app) {
      if (state === 'closed') return
      if (state === 'open') app.get('/', here(first))
      app.post('/set-up/code', here(enter))
      app.post(
        '/set-up/choices',
        form((...given) => (state === 'open' ? choose(...given) : refuse(given[0], given[1].base, 409, closed))),
      )
      app.get(
        '/set-up/made',
        inSession(
          'This browser has no set-up open, so the App that GitHub tells of is not taken; delete it there if you did not want it.',
          made,
        ),
      )
      app.get('/set-up/done', here(done))
      app.post(
        '/set-up/again',
        byMaker(async (context, session) => {
          try {
            await ports.deliverAgain()
          } catch (thrown) {
            return refuse(context, session.base, 502, asProblem(thrown).message)
          }
          return context.redirect(`${pathOf(session.base)}/set-up/done`, 303)
        }),
      )
      app.post(
        '/set-up/finish',
        byMaker((context, session) => {
          guard.end(session)
          close()
          return show(context, { ...installedPage, title: 'Set-up is finished' })
        }),
      )
    },
    close,
  }
}
